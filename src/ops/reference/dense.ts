// Dense arrays for the reference numerics: row-major, immutable by agreement, no views.

export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Nested = number | readonly Nested[];

/** An array of the given shape, zero unless `data` (row-major, copied) is given. */
export function dense(shape: readonly number[], data?: ArrayLike<number>): Dense {
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (data !== undefined && data.length !== size) {
    throw new Error(`internal: ${data.length} numbers do not fill shape [${shape.join(', ')}]`);
  }
  return { shape: [...shape], data: data === undefined ? new Float64Array(size) : new Float64Array(data) };
}

export function fromNested(nested: Nested): Dense {
  const shape: number[] = [];
  for (let level = nested; typeof level !== 'number'; level = level[0]!) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const result = dense(shape);
  const { data } = result;
  let at = 0;
  const visit = (level: Nested, axis: number): void => {
    if (typeof level === 'number' || level.length !== shape[axis]) throw new Error('internal: ragged nested array');
    for (let i = 0; i < level.length; i++) {
      const inner = level[i]!;
      if (axis < shape.length - 1) visit(inner, axis + 1);
      else if (typeof inner === 'number') data[at++] = inner;
      else throw new Error('internal: ragged nested array');
    }
  };
  if (typeof nested === 'number') data[0] = nested;
  else visit(nested, 0);
  return result;
}

export function toNested(A: Dense): Nested {
  let position = 0;
  const build = (axis: number): Nested =>
    axis === A.shape.length ? A.data[position++]! : Array.from({ length: A.shape[axis]! }, () => build(axis + 1));
  return build(0);
}

export function filled(shape: readonly number[], value: number): Dense {
  const result = dense(shape);
  result.data.fill(value);
  return result;
}

export function identity(n: number): Dense {
  const result = dense([n, n]);
  for (let i = 0; i < n; i++) result.data[i * n + i] = 1;
  return result;
}

/** Rows and columns of a matrix; throws for any other order. */
export function matrixShape(A: Dense): readonly [rows: number, cols: number] {
  if (A.shape.length !== 2) throw new Error(`internal: expected a matrix, got shape [${A.shape.join(', ')}]`);
  return [A.shape[0]!, A.shape[1]!];
}

/** The n of an n×n matrix; throws for any other shape. */
export function squareDim(A: Dense): number {
  const [rows, cols] = matrixShape(A);
  if (rows !== cols) throw new Error(`internal: expected a square matrix, got shape [${rows}, ${cols}]`);
  return rows;
}

export function requireSameShape(A: Dense, B: Dense): void {
  if (A.shape.length !== B.shape.length || A.shape.some((dim, axis) => dim !== B.shape[axis])) {
    throw new Error(`internal: shapes [${A.shape.join(', ')}] and [${B.shape.join(', ')}] differ`);
  }
}

export function matmul(A: Dense, B: Dense): Dense {
  const [rows, inner] = matrixShape(A);
  const [innerB, cols] = matrixShape(B);
  if (inner !== innerB) throw new Error(`internal: cannot multiply [${rows}, ${inner}] by [${innerB}, ${cols}]`);
  const result = dense([rows, cols]);
  const [a, b, c] = [A.data, B.data, result.data];
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0; j < cols; j++) c[i * cols + j]! += factor * b[k * cols + j]!;
    }
  }
  return result;
}

export function transpose(A: Dense): Dense {
  const [rows, cols] = matrixShape(A);
  const result = dense([cols, rows]);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) result.data[j * rows + i] = A.data[i * cols + j]!;
  return result;
}

export function add(A: Dense, B: Dense): Dense {
  requireSameShape(A, B);
  return { shape: A.shape, data: A.data.map((value, index) => value + B.data[index]!) };
}

export function sub(A: Dense, B: Dense): Dense {
  requireSameShape(A, B);
  return { shape: A.shape, data: A.data.map((value, index) => value - B.data[index]!) };
}

export function scale(A: Dense, factor: number): Dense {
  return { shape: A.shape, data: A.data.map((value) => value * factor) };
}

/** (A + Aᵀ) / 2 */
export function symmetricPart(A: Dense): Dense {
  squareDim(A);
  return scale(add(A, transpose(A)), 0.5);
}

/** Frobenius norm: the Euclidean norm of all entries, whatever the order. */
export function norm(A: Dense): number {
  let largest = 0;
  for (const value of A.data) {
    if (Number.isNaN(value)) return NaN;
    largest = Math.max(largest, Math.abs(value));
  }
  if (largest === 0 || largest === Infinity) return largest;
  let sum = 0;
  for (const value of A.data) sum += (value / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** Largest absolute column sum, the norm in which Higham states his bounds. */
export function norm1(A: Dense): number {
  const [rows, cols] = matrixShape(A);
  let largest = 0;
  for (let j = 0; j < cols; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += Math.abs(A.data[i * cols + j]!);
    if (!(sum <= largest)) largest = sum;
    if (Number.isNaN(largest)) return NaN;
  }
  return largest;
}

/** Rows `rowStart…` and columns `colStart…` of A, `rows`×`cols` of them. */
export function block(A: Dense, rowStart: number, colStart: number, rows: number, cols: number): Dense {
  const [, width] = matrixShape(A);
  const result = dense([rows, cols]);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) result.data[i * cols + j] = A.data[(rowStart + i) * width + colStart + j]!;
  }
  return result;
}

/** Square matrix from an m×m grid of n×n blocks; `undefined` is a zero block. */
export function fromBlocks(grid: readonly (readonly (Dense | undefined)[])[], n: number): Dense {
  const width = grid.length * n;
  const result = dense([width, width]);
  grid.forEach((row, p) =>
    row.forEach((entry, q) => {
      if (entry === undefined) return;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) result.data[(p * n + i) * width + q * n + j] = entry.data[i * n + j]!;
      }
    }),
  );
  return result;
}
