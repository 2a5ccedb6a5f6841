// Problems for the tests of solvers, from short descriptions.

import { random } from '../base/random.ts';
import { addSymmetricProduct, denseMatrix, fromEntries, toSparse } from './matrix.ts';
import type { Problem } from './problem.ts';
import { objectiveAt } from './quadratic-program.ts';
import type { QuadraticProgram } from './quadratic-program.ts';

export interface Rows {
  readonly c: readonly number[];
  readonly P?: readonly (readonly number[])[];
  readonly A?: readonly (readonly number[])[];
  readonly rowLower?: readonly number[];
  readonly rowUpper?: readonly number[];
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
}

export function programOf({ c, P, A = [], rowLower, rowUpper, lower, upper }: Rows): QuadraticProgram {
  const n = c.length;
  const m = A.length;
  const filled = (values: readonly number[] | undefined, length: number, otherwise: number): Float64Array =>
    values === undefined ? new Float64Array(length).fill(otherwise) : Float64Array.from(values);
  return {
    n,
    m,
    P: P === undefined ? fromEntries(n, n, []) : denseMatrix(n, n, Float64Array.from(P.flat())),
    c: Float64Array.from(c),
    constant: 0,
    A: toSparse(denseMatrix(m, n, Float64Array.from(A.flat()))),
    rowLower: filled(rowLower, m, -Infinity),
    rowUpper: filled(rowUpper, m, Infinity),
    lower: filled(lower, n, 0),
    upper: filled(upper, n, Infinity),
  };
}

export function problemOf(program: QuadraticProgram, convex = true): Problem {
  const { n, P, A } = program;
  return {
    dim: n,
    lower: program.lower,
    upper: program.upper,
    start: new Float64Array(n),
    convex,
    objective: {
      class: 'quadratic',
      value: (z) => objectiveAt(program, z),
      gradient: (z, out) => {
        out.set(program.c);
        addSymmetricProduct(P, z, 1, out);
        return objectiveAt(program, z);
      },
      hessian: () => P,
      hessianProduct: (_z, v, out) => {
        out.fill(0);
        addSymmetricProduct(P, v, 1, out);
      },
    },
    ...(program.m === 0 ? {} : { linear: { matrix: A, lower: program.rowLower, upper: program.rowUpper } }),
  };
}

/** Small programs of every kind: sparse and dense, whole and real numbers, dependent rows, empty sets, rays. */
export function randomProgram(seed: number, quadratic: boolean): QuadraticProgram {
  const r = random(seed);
  const n = 1 + r.integer(12);
  const m = r.integer(14);
  const whole = r.integer(2) === 0;
  const number = (): number => (whole ? r.integer(7) - 3 : r.normal() * (r.integer(5) === 0 ? 100 : 1));
  const density = 0.2 + 0.8 * r.uniform();
  const sparse = (): number => (r.uniform() < density ? number() : 0);
  const A = Array.from({ length: m }, () => Array.from({ length: n }, sparse));
  if (m > 2 && r.integer(3) === 0) A[m - 1] = A[0]!.map((value) => 2 * value);
  const inside = Array.from({ length: n }, () => (whole ? r.integer(5) - 2 : r.normal()));
  const off = r.integer(3) === 0 ? 1 : 0;
  const spread = (): number => r.integer(2) * Math.abs(number());
  const rows = A.map((row) => {
    const middle = row.reduce((sum, value, j) => sum + value * inside[j]!, 0) + off * number();
    const kind = r.integer(5);
    if (kind === 0) return [middle, middle] as const;
    if (kind === 1) return [-Infinity, middle + spread()] as const;
    if (kind === 2) return [middle - spread(), Infinity] as const;
    if (kind === 3) return [middle - spread(), middle + spread()] as const;
    return [-Infinity, r.integer(4) === 0 ? Infinity : middle + spread()] as const;
  });
  const box = inside.map((middle) => {
    const kind = r.integer(5);
    const low = kind === 0 || kind === 3 ? -Infinity : middle - spread();
    return [low, kind <= 2 ? Infinity : middle + spread()] as const;
  });
  const factors = Array.from({ length: quadratic ? 1 + r.integer(n) : 0 }, () => Array.from({ length: n }, sparse));
  const P = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => factors.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  return programOf({
    c: Array.from({ length: n }, () => (r.integer(4) === 0 ? 0 : number())),
    ...(quadratic ? { P } : {}),
    A,
    rowLower: rows.map(([low]) => low),
    rowUpper: rows.map(([, high]) => high),
    lower: box.map(([low]) => low),
    upper: box.map(([, high]) => high),
  });
}

/** The program in the LP file format, for referees. */
export function lpText(program: QuadraticProgram): string {
  const { n, m, A, c } = program;
  const term = (value: number, name: string): string => ` ${value < 0 ? '-' : '+'} ${Math.abs(value)} ${name}`;
  const linear = Array.from(c, (value, j) => (value === 0 ? '' : term(value, `x${j}`))).join('');
  const lines = [`Minimize\n obj: ${linear}\nSubject To`];
  for (let i = 0; i < m; i++) {
    const body: string[] = [];
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) body.push(term(A.values[at]!, `x${A.indices[at]!}`));
    const text = body.length === 0 ? ' 0 x0' : body.join('');
    const [low, high] = [program.rowLower[i]!, program.rowUpper[i]!];
    if (low === high) lines.push(` e${i}: ${text} = ${low}`);
    else {
      if (low > -Infinity) lines.push(` l${i}: ${text} >= ${low}`);
      if (high < Infinity) lines.push(` u${i}: ${text} <= ${high}`);
    }
  }
  lines.push('Bounds');
  const bound = (value: number): string => (Math.abs(value) === Infinity ? (value < 0 ? '-inf' : '+inf') : `${value}`);
  for (let j = 0; j < n; j++) lines.push(` ${bound(program.lower[j]!)} <= x${j} <= ${bound(program.upper[j]!)}`);
  return `${lines.join('\n')}\nEnd\n`;
}
