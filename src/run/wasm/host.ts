// Functions of the host that emitted code may import.

/** For the rare arguments that kernels leave to them; `pow` takes two numbers. */
export type HostFunction = 'sin' | 'cos' | 'tan' | 'pow';

export const hostFunctions: Readonly<Record<'sin' | 'cos' | 'tan', (x: number) => number> & Record<'pow', (x: number, y: number) => number>> = {
  sin: (x) => Math.sin(x),
  cos: (x) => Math.cos(x),
  tan: (x) => Math.tan(x),
  pow: (x, y) => power(x, y),
};

/** pow as in IEEE 754, section 9.2.1; ECMAScript has NaN for 1^NaN and (±1)^(±∞). */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}
