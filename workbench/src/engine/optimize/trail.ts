// The way of a solve through the variables of its model, kept for drawings.

import type { ModelProgress } from '../../../../src/solve/index.ts';
import { flat } from './space.ts';

export interface Trail {
  /** To be told of every step, before the next one. */
  readonly take: (step: ModelProgress) => void;
  /** Of the last run: a method that begins anew, from another start or with another penalty, leaves its first steps out. */
  readonly points: () => readonly Float64Array[];
}

// Numbers that are kept at most; of longer ways every second point, every fourth, and so on.
const mostNumbers = 2 ** 21;
// What values of variables may cost beside the solve, when it takes many steps.
const share = 0.1;
const free = 100;

/** A warm solve begins elsewhere than its steps say. */
export function newTrail({ isWarm, now = () => performance.now() }: { readonly isWarm: boolean; readonly now?: () => number }): Trail {
  const began = now();
  let kept: Float64Array[] = [];
  let stride = 1;
  let step = 0;
  let last = 0;
  let spent = 0;
  return {
    take: ({ iteration, x, start }) => {
      if (iteration < last) {
        kept = [];
        stride = 1;
        step = 0;
      }
      last = iteration;
      if (step++ % stride > 0 || (step > free && spent > share * (now() - began))) return;
      const before = now();
      if (kept.length === 0 && !isWarm) kept.push(flat(start()));
      kept.push(flat(x()));
      spent += now() - before;
      if (kept.length * kept[0]!.length > mostNumbers && kept.length > 2) {
        kept = kept.filter((_, i) => i % 2 === 0);
        stride *= 2;
      }
    },
    points: () => kept,
  };
}
