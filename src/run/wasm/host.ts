// Functions of the host that emitted code may import.

import { digamma, lgamma, polygamma } from '../../ops/reference/special.ts';

/** For the rare arguments that kernels leave to them. */
export type HostFunction = 'sin' | 'cos' | 'tan' | 'pow' | 'lgamma' | 'digamma' | 'polygamma';

type OfOne = (x: number) => number;
type OfTwo = (x: number, y: number) => number;

export const hostFunctions: Readonly<Record<HostFunction, OfOne | OfTwo>> = {
  sin: (x: number) => Math.sin(x),
  cos: (x: number) => Math.cos(x),
  tan: (x: number) => Math.tan(x),
  pow: (x: number, y: number) => power(x, y),
  lgamma,
  digamma,
  polygamma,
};

/** pow as in IEEE 754, section 9.2.1; ECMAScript has NaN for 1^NaN and (±1)^(±∞). */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}
