// A compiled gradient against differences of the compiled loss, along one random direction in which every part of the
// gradient makes the loss grow: there a wrong part cannot hide behind others.

import { RicciError } from '../../base/diagnostic.ts';
import { dot, norm } from '../../solve/vector.ts';
import { newStream } from './random.ts';
import type { LossFunction } from './trainable.ts';

// Losses of deep networks may bend within a millionth of the size of their parameters.
const steps = [1e-4, 1e-5, 1e-6, 1e-7, 1e-8];
const relative = 1e-3;

/** Throws `check-failed` when none of a few central differences confirms the gradient at `x`. */
export function confirmGradient(loss: LossFunction, x: Float64Array, gradient: Float64Array, value: number, seed: number): void {
  const direction = newStream(seed).split('direction').normals(x.length).map((d, i) => (gradient[i] === 0 ? d : Math.abs(d) * Math.sign(gradient[i]!)));
  const length = norm(direction);
  const size = Math.max(1, norm(x)) / length;
  const slope = dot(gradient, direction) * size;
  const scratch = new Float64Array(x.length);
  const at = (t: number): number => loss.evaluate(x.map((v, i) => v + t * size * direction[i]!), scratch);
  const found = steps.map((t) => (at(t) - at(-t)) / (2 * t));
  const limits = steps.map((t) => relative * Math.abs(slope) + (50 * Number.EPSILON * Math.max(Math.abs(value), Number.MIN_VALUE)) / t);
  // Differences may leave the domain, and may step over kinks.
  if (found.some((f, i) => !Number.isFinite(f) || Math.abs(f - slope) <= limits[i]!)) return;
  throw new RicciError([
    {
      code: 'check-failed',
      severity: 'error',
      message: 'the gradient of the loss was not confirmed by the numerical check, so nothing is trained',
      span: [0, 0],
      needed: 'agreement with differences of the loss along a direction',
      found: `slope ${slope.toPrecision(6)}, differences ${found.map((f) => f.toPrecision(6)).join(', ')}`,
      help: 'start where the loss is smooth; otherwise this is a bug of ricci: please report it with the loss',
    },
  ]);
}
