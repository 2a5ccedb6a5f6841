// A worker that computes for a page, or for a process: compiled functions, called by messages.

import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { inContext, newContext } from '../../ir/expr.ts';
import { unpacked } from '../../ir/transport.ts';
import { type CompiledMany, compile } from '../compile.ts';
import { onMessage, reply } from '../threads/thread.ts';
import { type Machine, newMachine } from '../wasm/machine.ts';
import type { Answer, ComputeOptions, Program, Request } from './message.ts';

let options: ComputeOptions = {};
let made: Machine | undefined;
const machine = (): Machine => (made ??= newMachine(options));
const programs = new Map<number, () => CompiledMany>();

onMessage((message) => {
  const request = message as Request;
  switch (request.kind) {
    case 'start':
      options = request.options;
      break;
    case 'ready':
      void started(request.call);
      break;
    case 'compile':
      programs.set(request.program, once(request.source));
      break;
    case 'forget':
      programs.delete(request.program);
      break;
    default:
      answer(request.call, () => must(programs.get(request.program))()(request.values));
  }
});

/** Compiled when it is first called, so that errors belong to a call. */
function once({ graph, names, options: own }: Program): () => CompiledMany {
  let f: CompiledMany | undefined;
  return () => (f ??= inContext(newContext(), () => compile(Object.fromEntries(unpacked(graph).map((e, i) => [must(names[i]), e])), { ...own, machine: machine() })));
}

function answer(call: number, run: () => ReturnType<CompiledMany>): void {
  try {
    const results = run();
    send({ call, results }, Object.values(results).map((t) => t.data.buffer as ArrayBuffer));
  } catch (error) {
    refuse(call, error);
  }
}

async function started(call: number): Promise<void> {
  try {
    await machine().ready();
    send({ call, results: {} });
  } catch (error) {
    refuse(call, error);
  }
}

function refuse(call: number, error: unknown): void {
  if (error instanceof RicciError) send({ call, diagnostics: error.diagnostics });
  else send({ call, message: error instanceof Error ? error.message : String(error) });
}

function send(message: Answer, transfer: readonly ArrayBuffer[] = []): void {
  reply(message, transfer);
}
