// Threads of the host: worker threads in Node, workers in a browser, seen as one thing.

/** The part of both kinds of workers in use. */
interface HostWorker {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  terminate(): unknown;
  /** In Node. */
  on?(event: 'message' | 'error' | 'exit', listen: (value: unknown) => void): void;
  ref?(): void;
  unref?(): void;
  /** In browsers. */
  addEventListener?(event: 'message' | 'error', listen: (event: { readonly data?: unknown; readonly message?: string }) => void): void;
}

interface NodeThreads {
  readonly Worker: new (file: URL, options: { readonly execArgv: readonly string[] }) => HostWorker;
  readonly parentPort: { on(event: 'message', listen: (message: unknown) => void): void; postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void } | null;
}

export interface Listener {
  readonly onMessage: (message: unknown) => void;
  /** It ended, although nobody stopped it. */
  readonly onEnd: (reason: string) => void;
}

export interface Thread {
  readonly post: (message: unknown, transfer?: readonly ArrayBuffer[]) => void;
  /** In Node: whether the process waits for it. It does not until told. */
  readonly hold: (isHeld: boolean) => void;
  readonly stop: () => void;
}

/** Node's threads; undefined in browsers. */
export function nodeThreads(): NodeThreads | undefined {
  if (typeof process === 'undefined' || typeof process.getBuiltinModule !== 'function') return undefined;
  return process.getBuiltinModule('node:worker_threads') as unknown as NodeThreads;
}

/** `file` is the module in Node; `inBrowser` names it where bundlers look for it. */
export function openThread(file: URL, inBrowser: () => unknown, { onMessage: hear, onEnd }: Listener): Thread {
  const node = nodeThreads();
  const worker = node ? new node.Worker(file, { execArgv: [] }) : (inBrowser() as HostWorker);
  let isStopped = false;
  const end = (reason: string): void => {
    if (!isStopped) onEnd(reason);
    isStopped = true;
  };
  const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  if (node) {
    worker.on?.('message', hear);
    worker.on?.('error', (error) => end(told(error)));
    worker.on?.('exit', (code) => end(`it ended with code ${told(code)}`));
    worker.unref?.();
  } else {
    worker.addEventListener?.('message', ({ data }) => hear(data));
    worker.addEventListener?.('error', ({ message }) => end(message ?? 'its module could not be loaded'));
  }
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    hold: (isHeld) => (isHeld ? worker.ref?.() : worker.unref?.()),
    stop: () => {
      isStopped = true;
      worker.terminate();
    },
  };
}

interface BrowserScope {
  addEventListener(event: 'message', listen: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
}

/** Within a thread: what it is sent. */
export function onMessage(hear: (message: unknown) => void): void {
  const port = nodeThreads()?.parentPort;
  if (port) port.on('message', hear);
  else (globalThis as unknown as BrowserScope).addEventListener('message', ({ data }) => hear(data));
}

/** Within a thread: to the one that opened it. */
export function reply(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
  const port = nodeThreads()?.parentPort;
  if (port) port.postMessage(message, transfer);
  else (globalThis as unknown as BrowserScope).postMessage(message, transfer);
}
