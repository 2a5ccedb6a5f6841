// The loop shapes that the kernels share.

import { i32 } from './assembler.ts';
import type { Body, I32, Local } from './assembler.ts';
import type { Lanes } from './lanes.ts';

/**
 * Visit `count` neighbouring elements: `unroll` vectors a turn, then vectors, then single elements.  `vector`
 * gets the number of the accumulator to use and the byte offset to add to the pointers; the pointers move on.
 */
export function stream(
  body: Body,
  { bytes, lanes }: Lanes,
  count: I32,
  pointers: readonly Local<'i32'>[],
  unroll: number,
  vector: (which: number, offset: number) => void,
  single: () => void,
): void {
  const left = body.let(typeof count === 'number' ? i32.const(count) : count);
  const advance = (elements: number): void => {
    for (const pointer of pointers) body.set(pointer, i32.add(pointer, elements * bytes));
    body.set(left, i32.sub(left, elements));
  };
  const turns = (vectors: number): void =>
    body.while(
      () => i32.geU(left, vectors * lanes),
      () => {
        for (let which = 0; which < vectors; which++) vector(which, which * 16);
        advance(vectors * lanes);
      },
    );
  if (unroll > 1) turns(unroll);
  turns(1);
  body.while(
    () => left,
    () => {
      single();
      advance(1);
    },
  );
}
