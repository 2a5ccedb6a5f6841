// Lengths of capsules layer by layer before any training, in closed form.
//
// With random matrices (entries of variance sw²), I children of length m, J parents of dimension d and couplings 1/J,
// |s|² = c² m² on average with c² = I d sw²/J², and squashing gives
//
//     m' = c² m² / (1 + c² m²).
//
// Fixed points are 0, where the slope is 0, so that lengths die doubly exponentially with depth, and (1 ± √(1 − 4/c²))/2,
// which exist from c = 2 on. Derived for the study of Mitterreiter, Koch, Giesen, Laue, arXiv 2301.01583; the paper has no
// such formula. Routing iterations and training move the threshold down, so it is a guide and no bound.

import { type Architecture, type LayerSizes, layerSizes } from './architecture.ts';

/** The c of a layer with entries of this standard deviation. */
export function scaleOf({ children, parents, dim }: LayerSizes, sd: number): number {
  return (sd * Math.sqrt(children * dim)) / parents;
}

/** The standard deviation that gives a layer this c. */
export function deviationFor({ children, parents, dim }: LayerSizes, c: number): number {
  return (c * parents) / Math.sqrt(children * dim);
}

/** Standard deviation of the entries of each layer's matrices. */
export function deviations(a: Architecture): number[] {
  const { init } = a;
  return layerSizes(a).map((layer) => (init.kind === 'sd' ? init.sd : deviationFor(layer, init.c)));
}

/** c of each layer. */
export function scales(a: Architecture): number[] {
  const sds = deviations(a);
  return layerSizes(a).map((layer, l) => scaleOf(layer, sds[l]!));
}

/** log m' from log m: lengths of 1e-400 and below keep their digits. */
export function nextLogLength(logLength: number, c: number): number {
  const t = 2 * (Math.log(c) + logLength);
  return t > 0 ? -Math.log1p(Math.exp(-t)) : t - Math.log1p(Math.exp(t));
}

/** log m before the first layer, and after each. */
export function logLengths(first: number, c: readonly number[]): number[] {
  const list = [Math.log(first)];
  for (const one of c) list.push(nextLogLength(list.at(-1)!, one));
  return list;
}

/** The lengths that stay as they are; the smaller one is the least that survives. */
export function fixedPoints(c: number): { readonly least: number; readonly stable: number } | undefined {
  if (!(c >= 2)) return undefined;
  const root = Math.sqrt(1 - 4 / c ** 2);
  // 1 − root loses digits for large c; the product of both is 1/c².
  const stable = (1 + root) / 2;
  return { least: 1 / (c ** 2 * stable), stable };
}

/** The logarithm of 2m/(1+m²)², the radial slope of squashing, with m the length before: the gradient has one such factor a layer. */
export function logSlope(logLengthAfter: number): number {
  // m² = L/(1−L) for the length L = m²/(1+m²) after squashing; 1 + m² = 1/(1−L).
  const rest = Math.log1p(-Math.exp(Math.min(logLengthAfter, -Number.EPSILON)));
  return Math.log(2) + (logLengthAfter - rest) / 2 + 2 * rest;
}

/** Shorter than this a capsule counts as dead, and as weak. */
export const deadBelow = 0.01;
export const weakBelow = 0.1;

export type Standing = 'alive' | 'weak' | 'dead';

export function standingOf(length: number): Standing {
  return length < deadBelow ? 'dead' : length < weakBelow ? 'weak' : 'alive';
}
