// What every target is tested with: the published cases, the examples of the table, and programs that need a particular
// operation. Values and derivatives at a random point of the domain, from the interpreter.

import cases from '../corpus/cases.json' with { type: 'json' };
import { must } from '../../src/base/internal.ts';
import { random } from '../../src/base/random.ts';
import type { EmitRequest, Output } from '../../src/emit/emit.ts';
import type { Expr, VariableNode } from '../../src/ir/expr.ts';
import { postorder, variables } from '../../src/ir/walk.ts';
import { read } from '../../src/lang/read.ts';
import { type Nested, toNested } from '../../src/ops/reference/dense.ts';
import { functions } from '../../src/ops/table.ts';
import { oneDerivative } from '../../src/pipeline.ts';
import { interpreter } from '../../src/run/interpret.ts';
import { type Style, sample, sampleSizes } from '../../src/run/sample.ts';
import { readable } from '../../src/simplify/pipelines.ts';

export interface TargetCase {
  readonly id: string;
  readonly text: string;
  readonly by: readonly string[];
  readonly declare?: string;
}

interface Published {
  readonly id: string;
  readonly expression: string;
  readonly by: readonly string[];
  readonly declare: string;
  readonly points: readonly PublishedPoint[];
}

export interface PublishedPoint {
  readonly at: Readonly<Record<string, Nested>>;
  /** The derivative there. */
  readonly expected: Nested;
}

/** Values and derivatives as published, two for each case, by its name. */
export const publishedPoints: ReadonlyMap<string, readonly PublishedPoint[]> = new Map((cases as readonly Published[]).map((c) => [c.id, c.points]));

export const published: readonly TargetCase[] = (cases as readonly Published[]).map(
  ({ id, expression, by, declare }) => ({ id, text: expression, by, declare }),
);

// Examples of higher orders take long in every language and say nothing new.
const examples: readonly TargetCase[] = functions.filter((f) => !/^d[4-9]/.test(f.name)).flatMap((f) =>
  f.examples.map((e, i) => ({ id: `${f.name}_${i}`, text: e.of, by: [e.by], ...(e.declare !== undefined && { declare: e.declare }) })),
);

const more: readonly (readonly [text: string, by: string, declare?: string])[] = [
  // products of every kind
  ["x'*A*x", 'x x'],
  ['norm2(T-U*V\')^2', 'U U', 'T: matrix(4, 5); U: matrix(4, 2); V: matrix(5, 2)'],
  ["norm2(W.*(T-U*V'))^2", 'U U', 'T: matrix(4, 5); U: matrix(4, 2); V: matrix(5, 2); W: matrix(4, 5)'],
  ["sum(log(exp(-y.*(X*w))+vector(1)))", 'w w'],
  ["#(bij,bjk->bik; S,T)", 'S', 'S: tensor(2, 3, 4); T: tensor(2, 4, 3)'],
  ["#(kmn,mn->k; T,A)", 'A', 'T: tensor(2, 3, 4); A: matrix(3, 4)'],
  ["#(ijk,k->ij; T,x)", 'x', 'T: tensor(2, 3, 4); x: vector(4)'],
  ["#(iij->ij; T)", 'T', 'T: tensor(3, 3, 2)'],
  ["#(ij,ij->i; A,B)", 'A', 'A: matrix(3, 4); B: matrix(3, 4)'],
  ["x*vector(1)'", 'x', 'x: vector(3)'],
  ['tr(A)*eye+x*y\'', 'x', 'A: matrix(3, 3); x: vector(3); y: vector(3)'],
  ['diag(x)*A*diag(y)', 'x', 'x: vector(3); y: vector(4); A: matrix(3, 4)'],
  // blocks, slices, reshapes
  ['[A, B; C, D]', 'A', 'A: matrix(2, 3); B: matrix(2, 2); C: matrix(1, 3); D: matrix(1, 2)'],
  ['norm2([x; y])^2', 'x', 'x: vector(3); y: vector(2)'],
  ['kron(A, B)', 'A', 'A: matrix(2, 3); B: matrix(3, 2)'],
  ['vec(A*B)', 'A', 'A: matrix(2, 3); B: matrix(3, 4)'],
  ['reshape(x, 2, 3)*y', 'x', 'x: vector(6); y: vector(3)'],
  // solves and factors
  ["y'*inv(A)*x", 'A'],
  ["x'*inv(S)*y", 'S', 'S: matrix(3, 3) pd; x: vector(3); y: vector(3)'],
  ["0.5*logdet(S)+0.5*x'*inv(S)*x", 'S S', 'S: matrix(3, 3) pd; x: vector(3)'],
  ['inv(A)*B', 'B', 'A: matrix(3, 3); B: matrix(3, 2)'],
  ['inv(A+inv(B))', 'B', 'A: matrix(3, 3); B: matrix(3, 3)'],
  ['det(X)', 'X X', 'X: matrix(3, 3)'],
  ['d3det(X)', 'X', 'X: matrix(3, 3)'],
  // spectra
  ['sum(eigvals(S).^3)', 'S', 'S: matrix(3, 3) symmetric'],
  ["x'*eigvecs(S)*y", 'S', 'S: matrix(3, 3) symmetric; x: vector(3); y: vector(3)'],
  ['lmax(S)+lmin(S)', 'S S', 'S: matrix(3, 3) symmetric'],
  ["x'*svdu(A)*svdv(A)'*y", 'A', 'A: matrix(4, 2); x: vector(4); y: vector(2)'],
  ['smax(A)+smin(A)+nuc(A)', 'A', 'A: matrix(4, 3)'],
  // functions of matrices
  ['tr(A*expm(X))', 'X X', 'A: matrix(2, 2); X: matrix(2, 2)'],
  ['tr(A*logm(X))', 'X', 'A: matrix(3, 3); X: matrix(3, 3) pd'],
  ['sinm(X)*cosm(X)', 'X', 'X: matrix(2, 2)'],
  ['sqrtm(X)', 'X X', 'X: matrix(2, 2) pd'],
  ['lyap(R)', 'R', 'R: matrix(2, 2) pd'],
  // softmax and friends over rows, columns, everything
  ['sum(logsumexp(X, rows))', 'X X', 'X: matrix(2, 3)'],
  ['softmax(X, cols)', 'X', 'X: matrix(3, 2)'],
  ['softmaxall(X)', 'X', 'X: matrix(3, 2)'],
  ["softmax(x).*logsoftmax(x)", 'x'],
  ['max(x)+min(x)', 'x', 'x: vector(4)'],
  ['sum(max(X, rows).*y)', 'X', 'X: matrix(3, 4); y: vector(3)'],
  ['sum(max(x, y))+sum(min(x, vector(1)))', 'x'],
  ['sum(huber(A*x-y))', 'x x'],
  ["y'*squash(x)", 'x x', 'x: vector(3); y: vector(3)'],
  ['norm2(squash(X, rows)-Y)^2', 'X', 'X: matrix(3, 2); Y: matrix(3, 2)'],
  // entry by entry
  ['sum(lgamma(x)+digamma(x)+erf(x))', 'x x', 'x: vector(3) positive'],
  ['mean(x.^3)-mean(x)^2', 'x'],
  ['sum(x.^y)', 'x y', 'x: vector(3) positive; y: vector(3)'],
  ['sum(2.^x)', 'x'],
  ['sum(f(A*x))', 'x x', 'f: function'],
  ['a', 'a'],
  ['sum(x)', 'x'],
  ['vector(1)*a', 'a'],
  ['tril(A)*x', 'A', 'A: matrix(3, 3); x: vector(3)'],
  ['norm2(x)+norm1(x)+norminf(x)', 'x'],
  ['log(exp(a)+exp(b))', 'a', 'a: scalar; b: scalar'],
  ['norm2(D*x)^2', 'D D', 'D: matrix(3, 3) diagonal; x: vector(3)'],
  ['norm2(L*x-y)^2', 'L L', 'L: matrix(3, 3) lower; x: vector(3); y: vector(3)'],
  // reciprocals along the rows, and along the columns
  ["A+(vector(1)./x)*vector(1)'", 'x', 'A: matrix(3, 4); x: vector(3)'],
  ["A+vector(1)*(vector(1)./x)'", 'x', 'A: matrix(3, 4); x: vector(4)'],
  ['tr(D*D)', 'D D', 'D: matrix(3, 3) diagonal'],
  // sizes of one
  ['norm2(A*x)^2', 'x x', 'A: matrix(1, 3); x: vector(3)'],
  ["norm2(A*x-b)^2+sum(diag(x)*b)", 'x x', 'A: matrix(1, 1); x: vector(1); b: vector(1)'],
  ['sum(logsumexp(X, rows))', 'X X', 'X: matrix(1, 3)'],
  ["norm2(T-U*V')^2", 'U U', 'T: matrix(3, 1); U: matrix(3, 1); V: matrix(1, 1)'],
];

export const all: readonly TargetCase[] = [
  ...published,
  ...examples,
  ...more.map(([text, by, declare], i) => ({ id: `more_${i}`, text, by: by.split(' '), ...(declare !== undefined && { declare }) })),
];

export interface Prepared {
  readonly request: EmitRequest;
  readonly values: Readonly<Record<string, Nested>>;
  readonly sizes: ReadonlyMap<string, number>;
  /** By output. */
  readonly expected: Readonly<Record<string, Nested>>;
  /** A direction for the last axes of a second derivative. */
  readonly direction?: Nested;
  readonly tolerance: number;
  readonly ops: ReadonlySet<string>;
}

const styles: readonly Style[] = ['generic', 'positive', 'definite', 'definite-positive', 'small', 'small-positive', 'near-identity'];

// Through series, square roots and decompositions.
export const looseOps: ReadonlySet<string> = new Set(['expm', 'logm', 'sqrtm', 'sinm', 'cosm', 'frechet', 'lyap', 'lyapmap', 'eigvals', 'eigvecs', 'vmax', 'vmin', 'reducedmax', 'reducedmin', 'svdu', 'svdv', 'svdvals', 'gap', 'pinv', 'nuc', 'lgamma', 'digamma', 'polygamma', 'detderivative']);

/** Value and derivative as outputs, numbers for the arguments, and what the interpreter says. */
export function prepare(c: TargetCase): Prepared {
  const { expr, variables: known, diagnostics } = read(c.text, c.declare === undefined ? {} : { declare: c.declare });
  if (!expr) throw new Error(`${c.text}: ${diagnostics.map((d) => d.message).join('; ')}`);
  const by = c.by.map((name) => must(known.find((v) => v.name === name)).node);
  const derivative = by.reduce<Expr>((e, x) => oneDerivative(e, x), expr);
  const value = readable(expr);
  const args = [...new Set([...by, ...variables([value, derivative])])];
  const outputs: Output[] = [
    { name: 'value', says: c.text, expr: value },
    { name: 'derivative', says: `derivative by ${c.by.join(', ')}`, expr: derivative, ...(c.by.length === 2 && { by: directionOf(must(by[1])) }) },
  ];
  const { point, numbers, sizes } = pointOf([value, derivative], args);
  const nodes = postorder([value, derivative]);
  const ops = new Set(nodes.flatMap((e) => (e.kind === 'apply' ? [e.op] : [])));
  const direction = by.length === 2 ? directionAt(must(numbers[1]), must(by[1]).shape.length) : undefined;
  return {
    request: { name: `case_${c.id}`, title: c.text, variables: args, outputs, combined: [{ name: 'both', outputs: ['value', 'derivative'] }] },
    values: Object.fromEntries(point),
    sizes,
    expected: { value: must(numbers[0]), derivative: must(numbers[1]), both: [must(numbers[0]), must(numbers[1])], ...(direction && { applied: direction.applied }) },
    ...(direction && { direction: direction.direction }),
    tolerance: [...ops].some((op) => looseOps.has(op)) ? 1e-9 : 1e-12,
    ops,
  };
}

/** Entries 1, 2, 3, … as a direction of the last axes, and what the derivative makes of it. */
function directionAt(derivative: Nested, rank: number): { direction: Nested; applied: Nested } | undefined {
  let shape: number[] = [];
  for (let v = derivative; Array.isArray(v); v = must(v[0])) shape.push(v.length);
  if (shape.length <= rank) return undefined;
  shape = shape.slice(shape.length - rank);
  let count = 0;
  const fill = (axis: number): Nested => (axis === shape.length ? ++count / 10 : Array.from({ length: must(shape[axis]) }, () => fill(axis + 1)));
  const direction = fill(0);
  const inner = (a: Nested, b: Nested): number => (Array.isArray(a) && Array.isArray(b) ? a.reduce<number>((sum, x, i) => sum + inner(x, must(b[i])), 0) : Number(a) * Number(b));
  const depth = (v: Nested): number => (Array.isArray(v) ? 1 + depth(must(v[0])) : 0);
  const apply = (v: Nested): Nested => (depth(v) === rank ? inner(v, direction) : (v as Nested[]).map(apply));
  return { direction, applied: apply(derivative) };
}

function directionOf(x: VariableNode): VariableNode {
  return { ...x, name: 'direction of it' };
}

function pointOf(roots: readonly Expr[], args: readonly VariableNode[]): { point: Map<string, Nested>; numbers: Nested[]; sizes: ReadonlyMap<string, number> } {
  for (const seed of [1, 2, 3]) {
    for (const style of styles) {
      const stream = random(seed);
      const sizes = sampleSizes([...roots, ...args], stream);
      const { values } = sample(args, sizes, stream, style);
      const results = interpreter(roots, sizes)(values);
      if (results.some((r) => r.data.some((v) => !Number.isFinite(v)))) continue;
      return { point: new Map([...values].map(([name, v]) => [name, toNested(v)])), numbers: results.map(toNested), sizes };
    }
  }
  throw new Error('no point of the domain found');
}
