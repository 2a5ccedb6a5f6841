// Large arrays of the data: copied into linear memory once, where functions will need them, and looked at there.

import { sharedMachine } from '../../run/wasm/machine.ts';
import type { Residents } from '../../run/wasm/residents.ts';
import { type Range, type SquareSurvey, rangeOf, squareSurvey } from '../../run/wasm/survey.ts';
import type { Parameter } from '../evaluate.ts';

export interface LargeArrays {
  /** Of an array that is large and not sparse. `isSymmetric`: it is to be a symmetric matrix, which is then looked at on the way. */
  readonly rangeIn: (value: Parameter, isSymmetric: boolean) => Range | undefined;
  /** How far a large square matrix is from its transpose. */
  readonly asymmetryOf: (value: Parameter, n: number) => number;
}

// Of fewer numbers a copy for each function costs nothing.
const manyNumbers = 1 << 16;

export function newLargeArrays(residents: Residents): LargeArrays {
  const ranges = new Map<Float64Array, Range>();
  const squares = new Map<Float64Array, SquareSurvey>();
  const machine = sharedMachine();
  const copied = (data: Float64Array, copy: (address: number) => void): number => residents.of(machine, data, 'f64', copy).address;
  const put = (data: Float64Array, address: number, from: number, to: number): void => machine.context.memory.f64().set(data.subarray(from, to), address / 8 + from);
  const surveyed = (data: Float64Array, n: number): SquareSurvey => {
    let found = squares.get(data);
    if (found) return found;
    const address = copied(data, (to) => {
      found = squareSurvey(machine, to, n, (top, end) => put(data, to, top * n, end * n));
    });
    found ??= squareSurvey(machine, address, n);
    squares.set(data, found);
    return found;
  };
  return {
    rangeIn: (value, isSymmetric) => {
      // Of a sparse array the entries would be filled in when they are asked for.
      if (value.sparse || value.data.length < manyNumbers) return undefined;
      const { data, shape: [n = 0, m = 0, ...more] } = value;
      let found = ranges.get(data);
      found ??= isSymmetric && n === m && more.length === 0 ? surveyed(data, n).range : rangeOf(machine, copied(data, (to) => put(data, to, 0, data.length)), data.length);
      ranges.set(data, found);
      return found;
    },
    asymmetryOf: ({ data }, n) => surveyed(data, n).asymmetry,
  };
}
