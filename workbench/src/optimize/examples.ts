// Models to begin with.

import type { Snapshot } from '../state/document.ts';

export interface ModelExample extends Pick<Snapshot, 'model' | 'values' | 'draw'> {
  readonly title: string;
}

const drawn = (sizes: Readonly<Record<string, number>>): Snapshot['draw'] => ({ seed: 1, sizes });

export const examples: readonly ModelExample[] = [
  {
    title: 'Lasso',
    model: 'parameters\n  matrix A(m, n)\n  vector b(m)\n  scalar c\nvariables\n  vector x(n)\nmin\n  norm2(A*x - b)^2 + c*norm1(x)\n',
    values: '{"c": 2}',
    draw: drawn({ m: 60, n: 20 }),
  },
  {
    title: 'Non-negative least squares',
    model: 'parameters\n  matrix A(m, n)\n  vector b(m)\nvariables\n  vector x(n)\nmin\n  norm2(A*x - b)^2\nst\n  x >= 0\n',
    values: '',
    draw: drawn({ m: 50, n: 15 }),
  },
  {
    title: 'Portfolio',
    model: 'parameters\n  matrix F(k, n)\n  vector r(n)\n  scalar risk\nvariables\n  vector w(n)\nmax\n  r\'*w - risk*norm2(F*w)^2\nst\n  budget: sum(w) == 1\n  w >= 0\n',
    values: '{"risk": 0.5}',
    draw: drawn({ k: 10, n: 25 }),
  },
  {
    title: 'Rosenbrock in two variables',
    model: 'variables\n  scalar u\n  scalar v\nmin\n  (1 - u)^2 + 100*(v - u^2)^2\n',
    values: '{"u": -1.2, "v": 1}',
    draw: undefined,
  },
  {
    title: 'A disc and a line',
    model: 'parameters\n  vector a\nvariables\n  vector x(2)\nmin\n  norm2(x - a)^2\nst\n  disc: norm2(x)^2 <= 1\n  line: x[1] + x[2] >= 0.5\n',
    values: '{"a": [2, -1]}',
    draw: undefined,
  },
  {
    title: 'No point keeps both',
    model: 'variables\n  vector x(2)\nmin\n  sum(x)\nst\n  low: sum(x) <= 1\n  high: sum(x) >= 2\n',
    values: '',
    draw: undefined,
  },
];
