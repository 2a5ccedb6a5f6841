// What the measurement of keystrokes puts into the page before its own scripts: it notes when each stage ends, on the
// page's thread and in the worker, and changes nothing of what they do.

/** Milliseconds from the event of the key to the end of each stage. */
export interface Stages {
  /** The event has reached the page's scripts. */
  readonly handled: number;
  /** The editor has made its change, and the question has left for the worker. */
  readonly asked: number;
  readonly received: number;
  readonly read: number;
  readonly derived: number;
  /** Checked, written in every notation, and sent. */
  readonly answered: number;
  /** The page has the answer; before that it has painted the letter. */
  readonly arrived: number;
  readonly built: number;
  readonly laid: number;
}

export interface Watcher {
  readonly isIdle: (text: string) => boolean;
  /** For the text that there is to be. */
  readonly start: (text: string) => void;
  /** Undefined where there is no derivative to show. */
  readonly ended: () => Promise<Stages | undefined>;
  /** Milliseconds of the tasks over 50 ms since the last call. */
  readonly longTasks: () => number[];
}

declare global {
  var ricciWatcher: Watcher;
}

/** Put before the worker's own script: its clock beside every answer. Number 0 is what it practises with, which nobody asked. */
export const inWorker = `{
  const now = () => performance.timeOrigin + performance.now();
  const send = postMessage.bind(globalThis);
  let marks = {};
  addEventListener('message', ({ data }) => { if (data.task === 'derive' && data.id > 0) marks = { received: now() }; });
  globalThis.postMessage = (message) => {
    if (message.kind === 'progress' && message.id > 0) marks[marks.read ? 'derived' : 'read'] = now();
    if (message.kind === 'done' && message.id > 0) send({ kind: 'marks', marks: { ...marks, answered: now() } });
    send(message);
  };
}
`;

/** Runs inside the page and stands alone: nothing from outside is in its reach. */
export function watch(): void {
  const now = (): number => performance.timeOrigin + performance.now();
  let long: number[] = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) long.push(Math.round(entry.duration));
  }).observe({ type: 'longtask', buffered: true });

  let marks: Partial<Record<keyof Stages | 'pressed', number>> = {};
  let wanted: string | undefined;
  let check = (): void => {};

  const Plain = Worker;
  globalThis.Worker = class extends Plain {
    constructor(script: string | URL, options?: WorkerOptions) {
      super(script, options);
      this.addEventListener('message', (event: MessageEvent<{ kind: string; id?: number; marks?: Partial<Stages>; output?: { by?: unknown; derivative?: { text: string } } }>) => {
        const { kind, id = 0, marks: theirs, output } = event.data;
        if (kind === 'marks') {
          event.stopImmediatePropagation();
          if (theirs?.received !== undefined) marks = { ...marks, ...theirs };
        } else if (kind === 'done' && id > 0 && output?.by !== undefined) {
          marks.arrived = now();
          wanted = output.derivative?.text ?? '';
        }
      });
    }
    override postMessage(message: unknown, given?: Transferable[] | StructuredSerializeOptions): void {
      const { task, id = 0 } = message as { readonly task?: string; readonly id?: number };
      if (task === 'derive' && id > 0) marks.asked = now();
      super.postMessage(message, Array.isArray(given) ? { transfer: given } : given);
    }
  };

  const answer = (): Element | null => document.querySelector('.answer');
  const isBusy = (): boolean => answer()?.getAttribute('aria-busy') !== 'false';
  let ended: Promise<Stages | undefined> = Promise.resolve(undefined);
  const isWritten = (text: string): boolean => [...document.querySelectorAll('.input .cm-line')].map((line) => line.textContent).join('\n') === text;
  globalThis.ricciWatcher = {
    isIdle: (text) => !isBusy() && isWritten(text),
    start: (text) => {
      marks = {};
      wanted = undefined;
      ended = new Promise((resolve) => {
        const watcher = new MutationObserver(() => check());
        // The letter stands there, and the derivative is the one that was sent for this text.
        check = () => {
          if (marks.pressed === undefined || wanted === undefined || isBusy() || !isWritten(text)) return;
          const formulas = [...document.querySelectorAll('.answer .derivative:not(.old) .formula')];
          const shown = formulas.at(-1)?.querySelector('math:last-of-type')?.getAttribute('alttext') ?? '';
          if (shown !== wanted) return;
          marks.built = now();
          watcher.disconnect();
          const isLaid = wanted !== '' && formulas.every((f) => f.getBoundingClientRect().height > 0);
          marks.laid = now();
          const { pressed } = marks;
          resolve(isLaid ? (Object.fromEntries(Object.entries(marks).map(([stage, at]) => [stage, at - pressed])) as unknown as Stages) : undefined);
        };
        for (const place of ['.answer', '.input']) watcher.observe(document.querySelector(place)!, { subtree: true, childList: true, characterData: true, attributes: true });
        addEventListener(
          'keydown',
          (event) => {
            marks.pressed = performance.timeOrigin + event.timeStamp;
            marks.handled = now();
          },
          { once: true, capture: true },
        );
      });
    },
    ended: () => ended,
    longTasks: () => {
      const all = long;
      long = [];
      return all;
    },
  };
}
