// Solutions with a factorisation of a nearby matrix: flexible GMRES, preconditioned from the right (Saad 1993). Where
// refinement converges slowly because a few directions are much less curved than the regularisation, a short Krylov
// space finds them (Arioli, Duff, Gratton & Pralet 2007).

export interface Preconditioned {
  readonly size: number;
  /** A v */
  readonly multiply: (v: Float64Array) => Float64Array;
  /** v ← M⁻¹ v */
  readonly backward: (v: Float64Array) => void;
  /** Entries of the residual count with these weights. */
  readonly weight: Float64Array;
}

/** The x in the space of `most` directions that brings `right - A x` nearest to zero in the weighted norm. */
export function gmres({ size, multiply, backward, weight }: Preconditioned, right: Float64Array, most: number, reduction: number): Float64Array {
  const x = new Float64Array(size);
  const first = right.map((value, i) => value * weight[i]!);
  const start = norm(first);
  if (!(start > 0 && start < Infinity)) return x;
  const basis = [first.map((value) => value / start)];
  const directions: Float64Array[] = [];
  const columns: Float64Array[] = [];
  const rotations: (readonly [number, number])[] = [];
  const g = [start];
  for (let k = 0; k < most; k++) {
    const z = basis[k]!.map((value, i) => value / weight[i]!);
    backward(z);
    const w = multiply(z);
    for (let i = 0; i < size; i++) w[i]! *= weight[i]!;
    const h = new Float64Array(k + 2);
    // Twice is enough (Giraud, Langou, Rozložník & van den Eshof 2005).
    for (let turn = 0; turn < 2; turn++) {
      for (let i = 0; i <= k; i++) {
        const v = basis[i]!;
        let along = 0;
        for (let j = 0; j < size; j++) along += v[j]! * w[j]!;
        h[i]! += along;
        for (let j = 0; j < size; j++) w[j]! -= along * v[j]!;
      }
    }
    const rest = norm(w);
    h[k + 1] = rest;
    for (let i = 0; i < k; i++) {
      const [c, s] = rotations[i]!;
      [h[i], h[i + 1]] = [c * h[i]! + s * h[i + 1]!, c * h[i + 1]! - s * h[i]!];
    }
    const length = Math.hypot(h[k]!, h[k + 1]!);
    if (!(length > 0 && length < Infinity)) break;
    const [c, s] = [h[k]! / length, h[k + 1]! / length];
    h[k] = length;
    rotations.push([c, s]);
    g.push(-s * g[k]!);
    g[k] = c * g[k]!;
    columns.push(h);
    directions.push(z);
    if (Math.abs(g[k + 1]!) <= reduction * start || !(rest > 0)) break;
    basis.push(w.map((value) => value / rest));
  }
  for (let k = columns.length - 1; k >= 0; k--) {
    let value = g[k]!;
    for (let j = k + 1; j < columns.length; j++) value -= columns[j]![k]! * g[j]!;
    g[k] = value / columns[k]![k]!;
  }
  directions.forEach((z, k) => {
    for (let i = 0; i < size; i++) x[i]! += g[k]! * z[i]!;
  });
  return x;
}

function norm(v: Float64Array): number {
  let sum = 0;
  for (const value of v) sum += value * value;
  return Math.sqrt(sum);
}
