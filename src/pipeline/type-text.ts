// Types in the words of the language: scalar, vector(n), row(n), matrix(m, n), tensor(i, j, k).

import type { Shape } from '../ir/expr.ts';

export function typeText(shape: Shape, orientation: 'column' | 'row' = 'column'): string {
  const dims = shape.map((d) => d.key).join(', ');
  switch (shape.length) {
    case 0:
      return 'scalar';
    case 1:
      return `${orientation === 'row' ? 'row' : 'vector'}(${dims})`;
    case 2:
      return `matrix(${dims})`;
    default:
      return `tensor(${dims})`;
  }
}
