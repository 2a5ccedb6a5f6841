// All variables of a model as one vector: entry after entry, in the order of the variables.

import { type Dense, dense } from '../../../../src/ops/reference/dense.ts';

export type Arrays = Readonly<Record<string, Dense>>;

export function flat(x: Arrays): Float64Array {
  const list = Object.values(x).map((v) => v.data);
  const all = new Float64Array(list.reduce((sum, data) => sum + data.length, 0));
  let at = 0;
  for (const data of list) {
    all.set(data, at);
    at += data.length;
  }
  return all;
}

/** The variables that `vector` stands for, with the names and shapes of `like`. */
export function arrays(vector: Float64Array, like: Arrays): [name: string, value: Dense][] {
  let at = 0;
  return Object.entries(like).map(([name, { shape, data }]) => {
    const value = dense(shape, vector.slice(at, at + data.length));
    at += data.length;
    return [name, value];
  });
}

/** Where the first entry of a variable stands; undefined where there is no such variable. */
export function offsetOf(wanted: string, x: Arrays): number | undefined {
  let at = 0;
  for (const [name, { data }] of Object.entries(x)) {
    if (name === wanted) return at;
    at += data.length;
  }
  return undefined;
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** `a + t b` */
export function moved(a: Float64Array, t: number, b: Float64Array): Float64Array {
  return a.map((value, i) => value + t * b[i]!);
}

export function lengthOf(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
