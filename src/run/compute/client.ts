// Compiled functions in a worker of their own: the page, or the process, goes on while they run.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import type { Expr } from '../../ir/expr.ts';
import { packed } from '../../ir/transport.ts';
import type { Values } from '../compile.ts';
import { type Thread, openThread } from '../threads/thread.ts';
import type { Tensor } from '../values.ts';
import type { Answer, ComputeOptions, Program, RemoteOptions, Request } from './message.ts';

/** As a compiled function, in the worker. Rejects with a `RicciError` where a compiled function throws one. */
export interface Remote<Result> {
  /** Values are copied. */
  (values: Values): Promise<Result>;
  /** Typed arrays are handed over instead: they are empty afterwards. */
  readonly giving: (values: Values) => Promise<Result>;
}

export interface ComputeWorker {
  /** As `compile`, for the worker; nothing is sent before the first call. */
  compile(root: Expr, options?: RemoteOptions): Remote<Tensor>;
  compile<Name extends string>(roots: Readonly<Record<Name, Expr>>, options?: RemoteOptions): Remote<Record<Name, Tensor>>;
  /** Starts the worker, and its threads, and waits until they have: calls do so by themselves, and wait for the worker only. */
  readonly ready: () => Promise<void>;
  /** Stops what runs and what waits, by ending the worker: those promises are rejected with `cancelled`. Later calls start anew. */
  readonly cancel: () => void;
  /** As `cancel`, for good. */
  readonly close: () => void;
}

declare const Worker: new (file: URL, options: { readonly type: 'module' }) => unknown;

interface Waiting {
  readonly resolve: (results: Readonly<Record<string, Tensor>>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One worker that computes, started at the first call: in browsers and in Node. With `threads`, it shares large work with
 * others, where the page is cross-origin isolated.
 *
 * @example const f = computeWorker().compile(expr); const { data } = await f({ x: Float64Array.of(1, 2) })
 */
export function computeWorker(options: ComputeOptions = {}): ComputeWorker {
  let thread: Thread | undefined;
  let isClosed = false;
  let sent = new Set<number>();
  let calls = 0;
  let programs = 0;
  const waiting = new Map<number, Waiting>();
  const forgotten = new FinalizationRegistry<number>((program) => {
    if (sent.delete(program)) post({ kind: 'forget', program });
  });

  const post = (request: Request, transfer: readonly ArrayBuffer[] = []): void => thread?.post(request, transfer);
  const settle = (call: number): Waiting => {
    const found = must(waiting.get(call), 'an answer that is waited for');
    waiting.delete(call);
    if (waiting.size === 0) thread?.hold(false);
    return found;
  };
  const hear = ({ call, results, diagnostics, message }: Answer): void => {
    const { resolve, reject } = settle(call);
    if (results) resolve(results);
    else reject(diagnostics ? new RicciError(diagnostics) : new Error(message));
  };
  const stop = (why: Diagnostic): void => {
    thread?.stop();
    thread = undefined;
    sent = new Set();
    for (const call of waiting.keys()) settle(call).reject(new RicciError([why]));
  };
  const start = (): void => {
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    thread = openThread(new URL(file, import.meta.url), () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }), {
      onMessage: (message) => hear(message as Answer),
      onEnd: (reason) => stop(workerLost(reason)),
    });
    post({ kind: 'start', options });
  };
  const ask = (send: (number: number) => void): Promise<Readonly<Record<string, Tensor>>> =>
    new Promise((resolve, reject) => {
      if (isClosed) throw new RicciError([cancelled('the worker is closed', 'make another one')]);
      if (!thread) start();
      // Throws where values cannot be sent, before anything waits.
      send(++calls);
      waiting.set(calls, { resolve, reject });
      thread?.hold(true);
    });
  const call = (program: number, source: Program, values: Values, transfer: readonly ArrayBuffer[]): Promise<Readonly<Record<string, Tensor>>> =>
    ask((number) => {
      if (!sent.has(program)) post({ kind: 'compile', program, source });
      sent.add(program);
      post({ kind: 'call', call: number, program, values }, transfer);
    });

  const remote = (source: Program): Remote<Readonly<Record<string, Tensor>>> => {
    const program = programs++;
    const f = Object.assign((values: Values) => call(program, source, values, []), {
      giving: (values: Values) => call(program, source, values, buffersOf(values)),
    });
    forgotten.register(f, program);
    return f;
  };
  function compile(root: Expr, own?: RemoteOptions): Remote<Tensor>;
  function compile<Name extends string>(roots: Readonly<Record<Name, Expr>>, own?: RemoteOptions): Remote<Record<Name, Tensor>>;
  function compile(roots: Expr | Readonly<Record<string, Expr>>, own: RemoteOptions = {}): Remote<Tensor> | Remote<Readonly<Record<string, Tensor>>> {
    const isOne = 'kind' in roots && 'shape' in roots && typeof (roots as Expr).id === 'number';
    const named = isOne ? { value: roots as Expr } : (roots as Readonly<Record<string, Expr>>);
    const many = remote({ graph: packed(Object.values(named)), names: Object.keys(named), options: own });
    if (!isOne) return many;
    const one = async (results: Promise<Readonly<Record<string, Tensor>>>): Promise<Tensor> => must((await results)['value']);
    return Object.assign((values: Values) => one(many(values)), { giving: (values: Values) => one(many.giving(values)) });
  }
  return {
    compile,
    ready: async () => void (await ask((number) => post({ kind: 'ready', call: number }))),
    cancel: () => stop(cancelled('the computation was cancelled', 'call again to start anew')),
    close: () => {
      isClosed = true;
      stop(cancelled('the worker was closed', 'make another one'));
    },
  };
}

/** Every buffer once; shared ones stay where they are. */
function buffersOf(values: Values): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) Object.values(value).forEach(visit);
  };
  Object.values(values).forEach(visit);
  return [...found];
}

function cancelled(message: string, help: string): Diagnostic {
  return { code: 'cancelled', severity: 'error', message, span: [0, 0], help };
}

function workerLost(reason: string): Diagnostic {
  return {
    code: 'thread-lost',
    severity: 'error',
    message: 'the worker that computes is lost',
    span: [0, 0],
    needed: 'a worker that runs until it is stopped',
    found: reason,
    help: 'call again to start anew; with smaller sizes if it happens again',
  };
}
