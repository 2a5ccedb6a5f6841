// Matrix exponential, logarithm, square root, sine and cosine, and their Fréchet derivatives of every order.
// Higham, Functions of Matrices (2008), ch. 3; Higham & Relton 2014 for the higher orders.

import { must } from '../../base/internal.ts';
import { add, neg, scale, zeros } from '../../ir/build.ts';
import { type ApplyNode, type Expr, byHash, einsum, eye } from '../../ir/expr.ts';
import type { Facts, Fact } from '../../ir/fact.ts';
import { ratio } from '../../ir/rational.ts';
import { call, defined, matrixOp, square, whenFirstIs } from '../define.ts';
import type { FunctionFamily, FunctionRecord, Op, ProductRule, Rule } from '../op.ts';
import { frechetTensor } from '../reference/frechet.ts';
import type { JetFunction } from '../reference/jet.ts';
import { lyap as lyapOf } from '../reference/lyapunov.ts';
import * as reference from '../reference/matrix-function.ts';
import { type CallSite, type Spell, type Spelling, helpers } from '../spell.ts';
import { preludes } from '../spell-native.ts';
import { ofMatrices } from '../spell-scripts.ts';
import { exponential, logarithm, power } from '../scalar/power.ts';
import { cosine, sine } from '../scalar/trigonometric.ts';
import { inverse, logDeterminant } from './determinant.ts';
import { fillDirections } from './gather.ts';
import * as work from './work.ts';

interface MatrixFunction {
  readonly name: 'expm' | 'logm' | 'sqrtm' | 'sinm' | 'cosm';
  /** As in `Lexp(X, E)`. */
  readonly short: string;
  readonly says: string;
  readonly value: reference.MatrixFunction;
  readonly work: Op['work'];
  readonly jet: JetFunction;
  /** The scalar derivative f', as a function of a matrix. */
  readonly slope: (X: Expr) => Expr;
  /** f' when it is one of these functions, up to a sign. */
  readonly slopeName?: { readonly name: MatrixFunction['name']; readonly sign: 1 | -1 };
  /** The function itself, on the eigenvalues of a symmetric matrix. */
  readonly scalar: (eigenvalues: Expr) => Expr;
  readonly inLoewnerOrder?: NonNullable<Op['inLoewnerOrder']>;
  readonly needs?: (args: readonly string[]) => string;
  readonly rules: readonly Rule[];
  readonly example: { readonly of: string; readonly is: string; readonly declare: string };
}

const kept: readonly Fact[] = ['symmetric', 'diagonal', 'lower', 'upper'];
const offCut = ([X]: readonly string[]): string => `no eigenvalue of ${X} real and <= 0`;

// Löwner, Über monotone Matrixfunktionen, 1934: on positive matrices what is monotone is concave (Bhatia, Matrix Analysis, 1997, chapter V).
const monotone = { is: 'concave', grows: 1 } as const;

const list: readonly MatrixFunction[] = [
  {
    name: 'expm',
    short: 'Lexp',
    says: 'matrix exponential',
    scalar: exponential,
    value: reference.expm,
    work: work.exponential,
    jet: reference.expmOfJet,
    slope: (X) => of('expm', X),
    slopeName: { name: 'expm', sign: 1 },
    rules: [
      {
        name: 'expm-of-zero',
        at: 'apply',
        example: { before: 'expm(0*X)', after: 'eye', declare: 'X: matrix(n, n)' },
        rewrite: ({ args: [X] }) => (X?.kind === 'number' && X.value.num === 0 && X.shape.length === 2 ? eye(must(X.shape[0])) : undefined),
      },
      {
        name: 'expm-of-logm',
        at: 'apply',
        example: { before: 'expm(logm(X))', after: 'X', declare: 'X: matrix(n, n) pd' },
        rewrite: ({ args: [X] }) => (X?.kind === 'apply' && X.op === 'logm' ? X.args[0] : undefined),
      },
      {
        name: 'inverse-of-expm',
        at: 'apply',
        on: 'inv',
        example: { before: 'inv(expm(X))', after: 'expm(-X)', declare: 'X: matrix(n, n)' },
        rewrite: ({ args: [X] }) => (X?.kind === 'apply' && X.op === 'expm' ? of('expm', neg(must(X.args[0]))) : undefined),
      },
      {
        name: 'determinant-of-expm',
        at: 'apply',
        on: 'det',
        example: { before: 'det(expm(X))', after: 'exp(tr(X))', declare: 'X: matrix(n, n)' },
        rewrite: ({ args: [X] }) => (X?.kind === 'apply' && X.op === 'expm' && X.shape.length === 2 ? exponential(einsum('ii->', X.args)) : undefined),
      },
      {
        name: 'logdet-of-expm',
        at: 'apply',
        on: 'logdet',
        example: { before: 'logdet(expm(X))', after: 'tr(X)', declare: 'X: matrix(n, n)' },
        rewrite: ({ args: [X] }) => (X?.kind === 'apply' && X.op === 'expm' && X.shape.length === 2 ? einsum('ii->', X.args) : undefined),
      },
    ],
    example: { of: 'tr(expm(X))', is: "expm(X)'", declare: 'X: matrix(n, n)' },
  },
  {
    name: 'logm',
    short: 'Llog',
    says: 'principal matrix logarithm',
    scalar: logarithm,
    inLoewnerOrder: monotone,
    value: reference.logm,
    work: work.logarithm,
    jet: reference.logmOfJet,
    slope: inverse,
    needs: offCut,
    rules: [
      {
        name: 'trace-of-logm',
        at: 'product',
        example: { before: 'tr(logm(X))', after: 'logdet(X)', declare: 'X: matrix(n, n) pd' },
        rewrite: (product, k) => {
          const { expr, labels } = must(product.factors[k]);
          const [i, j] = labels;
          if (expr.kind !== 'apply' || labels.length !== 2 || i !== j || !product.isPrivateTo(must(i), [k])) return undefined;
          return { remove: [k], add: [{ expr: logDeterminant(must(expr.args[0])), labels: [] }] };
        },
      },
      {
        name: 'logm-of-identity',
        at: 'apply',
        example: { before: 'X+logm(eye)', after: 'X', declare: 'X: matrix(n, n)' },
        rewrite: ({ args: [X] }) => (X && isIdentity(X) ? zeros(X.shape) : undefined),
      },
    ],
    example: { of: "tr(A*logm(X))", is: "dlogm(X, A)'", declare: 'X: matrix(n, n) pd; A: matrix(n, n) symmetric' },
  },
  {
    name: 'sqrtm',
    short: 'Lsqrt',
    says: 'principal matrix square root',
    scalar: (x) => power(x, ratio(1, 2)),
    inLoewnerOrder: monotone,
    value: reference.sqrtm,
    work: work.squareRoot,
    jet: reference.sqrtmOfJet,
    slope: (X) => scale(ratio(1, 2), inverse(of('sqrtm', X))),
    needs: offCut,
    rules: [
      {
        name: 'square-of-sqrtm',
        at: 'product',
        example: { before: 'sqrtm(X)*sqrtm(X)*a', after: 'X*a', declare: 'X: matrix(n, n) pd; a: vector(n)' },
        rewrite: (product, k) => {
          const here = must(product.factors[k]);
          if (here.expr.kind !== 'apply' || here.labels.length !== 2) return undefined;
          const [row, col] = here.labels as [number, number];
          for (const [m, other] of product.factors.entries()) {
            if (m === k || other.expr !== here.expr || other.labels[0] !== col || !product.isPrivateTo(col, [k, m])) continue;
            return { remove: [k, m], add: [{ expr: must(here.expr.args[0]), labels: [row, must(other.labels[1])] }] };
          }
          return undefined;
        },
      },
      {
        // R⁻¹ R R = R
        name: 'inverse-root-cancels',
        at: 'product',
        on: 'inv',
        example: { before: 'inv(sqrtm(X))*X*a', after: 'sqrtm(X)*a', declare: 'X: matrix(n, n) pd; a: vector(n)' },
        rewrite: (product, k) => {
          const here = must(product.factors[k]);
          const root = here.expr.kind === 'apply' ? here.expr.args[0] : undefined;
          if (root?.kind !== 'apply' || root.op !== 'sqrtm' || here.labels.length !== 2) return undefined;
          const [row, col] = here.labels as [number, number];
          for (const [m, other] of product.factors.entries()) {
            if (m === k || other.expr !== root.args[0]) continue;
            const [a, b] = other.labels as [number, number];
            if (row === col || a === b) continue;
            if (col === a && product.isPrivateTo(col, [k, m])) return { remove: [k, m], add: [{ expr: root, labels: [row, b] }] };
            if (row === b && product.isPrivateTo(row, [k, m])) return { remove: [k, m], add: [{ expr: root, labels: [a, col] }] };
          }
          return undefined;
        },
      },
      {
        name: 'sqrtm-of-identity',
        at: 'apply',
        example: { before: 'sqrtm(eye)*x', after: 'x', declare: 'x: vector(n)' },
        rewrite: ({ args: [X] }) => (X && isIdentity(X) ? X : undefined),
      },
    ],
    example: { of: 'tr(sqrtm(X))', is: "0.5*inv(sqrtm(X))'", declare: 'X: matrix(n, n) pd' },
  },
  {
    name: 'sinm',
    short: 'Lsin',
    says: 'matrix sine',
    scalar: sine,
    value: reference.sinm,
    work: work.cosine,
    jet: reference.sinmOfJet,
    slope: (X) => of('cosm', X),
    slopeName: { name: 'cosm', sign: 1 },
    rules: [],
    example: { of: 'tr(sinm(X))', is: "cosm(X)'", declare: 'X: matrix(n, n)' },
  },
  {
    name: 'cosm',
    short: 'Lcos',
    says: 'matrix cosine',
    scalar: cosine,
    value: reference.cosm,
    work: work.cosine,
    jet: reference.cosmOfJet,
    slope: (X) => neg(of('sinm', X)),
    slopeName: { name: 'sinm', sign: -1 },
    rules: [],
    example: { of: 'tr(cosm(X))', is: "-sinm(X)'", declare: 'X: matrix(n, n)' },
  },
];

/** The name of the function in each Python library; the preludes of the others have those that a library lacks. */
const numpyName = (name: string): string => `@${name}`;
const jaxName = (name: string): string => (name === 'expm' ? 'jax.scipy.linalg.expm' : `@${name}`);
const torchName = (name: string): string => (name === 'expm' ? 'torch.linalg.matrix_exp' : `@${name}`);

/** `frechet(@expm, X, {E, …})`, with a number of open directions `frechetMap(@expm, X, {E, …}, 1)`. */
function octaveFrechet({ args: [X, ...E], params: [name, , free], helper }: CallSite): string {
  const f = name === 'sinm' || name === 'cosm' ? helper(name) : String(name);
  const given = `@${f}, ${X?.text}, {${E.map((e) => e.text).join(', ')}}`;
  return free === 0 ? `${helper('frechet')}(${given})` : `${helper('frechetMap')}(${given}, ${free})`;
}

function rFrechet({ args: [X, ...E], params: [name, , free], helper }: CallSite): string {
  const given = `${helper(String(name))}, ${X?.text}, list(${E.map((e) => e.text).join(', ')})`;
  return free === 0 ? `${helper('frechet')}(${given})` : `${helper('frechet_map')}(${given}, ${free})`;
}

function spellMatrixFunction(name: MatrixFunction['name']): Spell {
  return {
    ...ofMatrices(name === 'sinm' || name === 'cosm' ? `@${name}({0})` : `${name}({0})`, `@${name}({0})`),
    numpy: `${numpyName(name)}({0}, xp)`, jax: `${jaxName(name)}({0})`, torch: `${torchName(name)}({0})`,
    ...preludes(name, name),
  };
}

/** `_frechet(f, X, [E, …])`, with a number of open directions `_frechet_map(f, X, [E, …], 1)`. */
function frechetWith(nameOf: (name: string) => string, tail: string): Spelling {
  return ({ args: [X, ...E], params: [name, , free], helper }) => {
    const f = nameOf(String(name)).replace(/@(\w+)/, (_, inner: string) => helper(inner));
    const given = `${f}, ${X?.text}, [${E.map((e) => e.text).join(', ')}]`;
    return free === 0 ? `${helper('frechet')}(${given}${tail})` : `${helper('frechet_map')}(${given}, ${free}${tail})`;
  };
}

function nativeFrechet({ open, close, map }: { open: string; close: string; map: string }): Spelling {
  return ({ args: [X, ...E], params: [name, , free], helper }) => {
    const given = `${helper(String(name))}, ${X?.text}, ${open}${E.map((e) => e.text).join(', ')}${close}`;
    return free === 0 ? `${helper('frechet')}(${given})` : `${helper(map)}(${given}, ${free})`;
  };
}

const byName = new Map<string, MatrixFunction>(list.map((f) => [f.name, f]));

function functionOf(node: ApplyNode): MatrixFunction {
  return must(byName.get(String(node.params[0])));
}

const plain = new Map(
  list.map((f) => [
    f.name,
    matrixOp({
      name: f.name,
      family: 'matrix',
      says: f.says,
      signature: 'matrix(n, n) -> matrix(n, n)',
      ranks: [2],
      shape: square,
      partial: ({ args }) => derivative(f.name, args, 1),
      work: f.work,
      value: ([X]) => f.value(must(X)),
      spell: spellMatrixFunction(f.name),
      facts: ([X]) => factsKept(X, f),
      commutesWithTranspose: true,
      onSpectrum: f.scalar,
      ...(f.name === 'logm' && { isLogarithmOfMatrix: true }),
      ...(f.inLoewnerOrder && { inLoewnerOrder: f.inLoewnerOrder }),
      ...(f.needs && { needs: f.needs, holds: whenFirstIs('pd') }),
      rules: [...f.rules, argumentFirst(f.name)],
      source: 'Higham, Functions of Matrices, 2008',
      examples: [{ ...f.example, by: 'X' }],
    }),
  ]),
);

/** A function of X commutes with X: X stands first; of symmetric matrices, which are read from both sides, on the side of the first axis. */
function argumentFirst(name: MatrixFunction['name']): ProductRule {
  return {
    name: `argument-before-${name}`,
    at: 'product',
    example: { before: `${name}(X)*X`, after: `X*${name}(X)`, declare: 'X: matrix(n, n) pd' },
    rewrite: (product, k, has) => {
      const here = must(product.factors[k]);
      if (here.expr.kind !== 'apply' || here.labels.length !== 2 || here.labels[0] === here.labels[1]) return undefined;
      const X = withoutFunctions(here.expr);
      const isSymmetric = has(X, 'symmetric');
      for (const [m, other] of product.factors.entries()) {
        if (m === k || other.expr !== X || other.labels[0] === other.labels[1]) continue;
        const shared = here.labels.find((l) => other.labels.includes(l) && product.isPrivateTo(l, [k, m]));
        if (shared === undefined) continue;
        const [mine, its] = [here, other].map((f) => must(f.labels.find((l) => l !== shared))) as [number, number];
        const [at, after] = [product.out.indexOf(mine), product.out.indexOf(its)];
        const turns = isSymmetric ? at >= 0 && after >= 0 && at < after : here.labels[1] === shared && other.labels[0] === shared;
        if (!turns || mine === its) continue;
        return {
          remove: [k, m],
          add: [
            { expr: X, labels: [mine, shared] },
            { expr: here.expr, labels: [shared, its] },
          ],
        };
      }
      return undefined;
    },
  };
}

function factsKept(X: Facts | undefined, f: MatrixFunction): readonly Fact[] {
  if (!X) return [];
  const has = kept.filter((fact) => X.has.has(fact));
  const definite = f.name === 'expm' ? X.has.has('symmetric') : f.name === 'sqrtm' && X.has.has('pd');
  return definite ? [...has, 'pd'] : has;
}

function of(name: MatrixFunction['name'], X: Expr): Expr {
  return call(must(plain.get(name)).op, [X]);
}

/**
 * D^(k+free) f(X)[E1, …, Ek, ·, …, ·] with axes i, j, a1, b1, …: the open directions are unit matrices with their 1 at
 * [a, b]. It is symmetric in the directions, and tr(E0 D^k f(X)[E1, …, Ek]) in E0 too, because f is itself a derivative.
 * Parameters: name of f, number of given directions, number of open ones.
 */
const frechet: Op = {
  name: 'frechet',
  ranks: ([, filled]) => Array.from({ length: Number(filled) + 1 }, () => 2),
  shape: ([X], [, , free]) => Array.from({ length: Number(free) + 1 }, () => must(X)).flat(),
  partial: ({ args, params: [name, , free] }, k) =>
    derivative(name as MatrixFunction['name'], k === 0 ? args : args.filter((_, i) => i !== k), Number(free) + 1),
  spell: {
    ...ofMatrices(octaveFrechet, rFrechet),
    numpy: frechetWith(numpyName, ', xp'), jax: frechetWith(jaxName, ''), torch: frechetWith(torchName, ''),
    typescript: nativeFrechet({ open: '[', close: ']', map: 'frechetMap' }), cpp: nativeFrechet({ open: '{', close: '}', map: 'frechet_map' }),
  },
  work: (sizes, [name, filled, free]) => work.ofDerivative((own) => must(byName.get(String(name))).work(own, []), Number(filled), Number(free))(sizes),
  value: ([X, ...E], [name, , free]) => frechetTensor(must(byName.get(String(name))).jet, must(X), E, Number(free)),
  facts: (args, node) => (node.params[2] === 0 && args.every((a) => a.has.has('symmetric')) ? ['symmetric'] : []),
  written: (node) => {
    const order = Number(node.params[1]) + Number(node.params[2]);
    return { name: derivativeName(String(node.params[0]), order), args: node.args };
  },
  rules: [
    {
      name: 'direction-filled-in',
      at: 'product',
      example: { before: "#(ijab,ij->ab; dexpm(X), A)", after: "dexpm(X, A')'", declare: 'X: matrix(n, n); A: matrix(n, n)' },
      rewrite: (product, k) => {
        const node = must(product.factors[k]).expr;
        if (node.kind !== 'apply' || node.args[0]?.shape.length !== 2) return undefined;
        const [name, , free] = node.params;
        return fillDirections(product, k, (E) => derivative(name as MatrixFunction['name'], [...node.args, E], Number(free) - 1));
      },
    },
    {
      // D^k f(X)[I, E, …] = D^(k-1) f'(X)[E, …]
      name: 'direction-is-identity',
      at: 'apply',
      example: { before: 'dexpm(X, eye)', after: 'expm(X)', declare: 'X: matrix(n, n)' },
      rewrite: directionIsIdentity,
    },
    {
      // D^k f(X)[E, …] = f^(k)(X) E … where E commutes with X
      name: 'direction-commutes',
      at: 'apply',
      example: { before: 'dexpm(t*A, A)', after: 'A*expm(t*A)', declare: 'A: matrix(n, n); t: scalar' },
      rewrite: directionCommutes,
    },
    {
      // tr(M Df(X)[E]) = tr(E Df(X)[M])
      name: 'trace-against-direction',
      at: 'product',
      example: { before: 'tr(X*dexpm(t*X, A))', after: 'tr(A*X*expm(t*X))', declare: 'A: matrix(n, n); X: matrix(n, n); t: scalar' },
      rewrite: (product, k) => {
        const here = must(product.factors[k]);
        if (here.expr.kind !== 'apply' || here.expr.params[1] !== 1 || here.expr.params[2] !== 0 || here.labels.length !== 2) return undefined;
        const [X, E] = here.expr.args as [Expr, Expr];
        const m = product.factors.findIndex((other, i) => i !== k && other.labels.length === 2 && other.labels[0] === here.labels[1] && other.labels[1] === here.labels[0]);
        const other = product.factors[m];
        if (!other || here.labels[0] === here.labels[1] || commute(X, E) || !commute(X, other.expr)) return undefined;
        if (!here.labels.every((l) => product.isPrivateTo(l, [k, m]))) return undefined;
        const turned = derivative(String(here.expr.params[0]) as MatrixFunction['name'], [X, other.expr], 0);
        return { remove: [k, m], add: [{ expr: turned, labels: other.labels }, { expr: E, labels: here.labels }] };
      },
    },
    {
      name: 'directions-in-order',
      at: 'apply',
      example: { before: 'd2expm(X, F, E)', after: 'd2expm(X, E, F)', declare: 'X: matrix(n, n); E: matrix(n, n); F: matrix(n, n)' },
      rewrite: (node) => {
        const [name, , free] = node.params;
        const sorted = derivative(name as MatrixFunction['name'], node.args, Number(free));
        return sorted === node ? undefined : sorted;
      },
    },
    {
      // R² = X, so dR R + R dR = dX
      name: 'derivative-of-sqrtm',
      at: 'apply',
      example: { before: 'dsqrtm(X, E)', after: 'lyap(sqrtm(X), E)', declare: 'X: matrix(n, n) pd; E: matrix(n, n)' },
      rewrite: ({ args: [X, E], params: [name, filled, free] }) =>
        name === 'sqrtm' && filled === 1 && free === 0 && X && E && !commute(X, E) ? call(lyap.op, [of('sqrtm', X), E]) : undefined,
    },
  ],
};

/** The node for X and its directions; these stand in a fixed order. */
function derivative(name: MatrixFunction['name'], [X, ...E]: readonly Expr[], free: number): ApplyNode {
  return call(frechet, [must(X), ...E.toSorted(byHash)], [name, E.length, free]);
}

function derivativeName(name: string, order: number): string {
  return `d${order === 1 ? '' : order}${name}`;
}

function directionIsIdentity(node: ApplyNode): Expr | undefined {
  const f = functionOf(node);
  const free = Number(node.params[2]);
  const [X, ...E] = node.args;
  const at = E.findIndex(isIdentity);
  if (at < 0 || X === undefined || X.shape.length !== 2) return undefined;
  const rest = E.filter((_, i) => i !== at);
  if (rest.length + free === 0) return f.slope(X);
  if (!f.slopeName) return undefined;
  const next = derivative(f.slopeName.name, [X, ...rest], free);
  return f.slopeName.sign === 1 ? next : neg(next);
}

function directionCommutes(node: ApplyNode): Expr | undefined {
  let f: MatrixFunction | undefined = functionOf(node);
  const [X, ...E] = node.args;
  if (node.params[2] !== 0 || X === undefined || X.shape.length !== 2 || !E.every((e) => commute(X, e))) return undefined;
  let sign = 1;
  for (let k = 1; k < E.length; k++) {
    if (!f?.slopeName) return undefined;
    sign *= f.slopeName.sign;
    f = byName.get(f.slopeName.name);
  }
  const product = E.reduceRight((right, e) => einsum('ij,jk->ik', [e, right]), must(f).slope(X));
  return sign === 1 ? product : neg(product);
}

/** The identity matrix, as a unit tensor or as the empty product on a diagonal. */
function isIdentity(e: Expr): boolean {
  if (e.shape.length !== 2) return false;
  return e.kind === 'delta' ? e.groups.length === 2 : e.kind === 'contract' && e.args.length === 0 && e.out[0] === e.out[1];
}

/** Whether both matrices are plainly multiples of functions of one matrix. */
function commute(X: Expr, E: Expr): boolean {
  return isIdentity(E) || withoutFunctions(X) === withoutFunctions(E);
}

/** M, when the matrix is M times scalars under functions of matrices, such as expm(c*logm(M)). */
function withoutFunctions(e: Expr): Expr {
  const inner = withoutScalars(e);
  const isFunction = inner.kind === 'apply' && inner.shape.length === 2 && (byName.has(inner.op) || inner.op === 'inv');
  return isFunction ? withoutFunctions(must(inner.args[0])) : inner;
}

/** M, when the matrix is M times scalars. */
function withoutScalars(e: Expr): Expr {
  if (e.kind === 'sum' && e.terms.length === 1) return withoutScalars(must(e.terms[0]).arg);
  if (e.kind !== 'contract') return e;
  const [only, ...more] = e.args.flatMap((a, i) => (a.shape.length > 0 ? [i] : []));
  if (only === undefined || more.length > 0 || e.out.length !== 2 || e.out[0] === e.out[1]) return e;
  return must(e.labels[only]).length === 2 && must(e.labels[only]).every((l, i) => l === e.out[i]) ? withoutScalars(must(e.args[only])) : e;
}

// L with R L + L R = A. Differentiated: R dL + dL R = dA - dR L - L dR.
const lyap = matrixOp({
  name: 'lyap',
  family: 'matrix',
  says: 'solution L of the Lyapunov equation R*L + L*R = A; of R alone the linear map from A to L',
  signature: 'matrix(n, n), matrix(n, n) -> matrix(n, n)',
  ranks: [2, 2],
  shape: square,
  spell: {
    ...ofMatrices('sylvester({0}, {0}, {1})', '@lyap({0}, {1})'),
    ...helpers('lyap', { args: '{0}, {1}' }),
    ...preludes('lyap', 'lyap', '{0}, {1}'),
  },
  partial: ({ node, args: [R], at }, k) => {
    const map = call(lyapMap, [must(R)]);
    return k === 1 ? map : neg(add(at('ijad,bd->ijab', map, node), at('ijcb,ca->ijab', map, node)));
  },
  work: work.lyapunov,
  value: ([R, A]) => lyapOf(must(R), must(A)),
  // For R pd the solution is the integral of exp(-tR) A exp(-tR) over t >= 0.
  facts: ([R, A]) => (R?.has.has('pd') && A?.has.has('psd') ? ['psd'] : R?.has.has('symmetric') && A?.has.has('symmetric') ? ['symmetric'] : []),
  needs: ([R]) => `no two eigenvalues of ${R} with sum 0`,
  source: 'Golub & Van Loan, section 12.3',
  examples: [{ of: "tr(B*lyap(R, A))", by: 'A', is: "lyap(R, B)'", declare: 'R: matrix(n, n) pd; A: matrix(n, n); B: matrix(n, n)' }],
});

// T[i,j,a,b]: the solution for the unit matrix with its 1 at [a,b].
const lyapMap: Op = {
  name: 'lyapmap',
  ranks: () => [2],
  shape: ([R]) => [...must(R), ...must(R)],
  partial: ({ node, at }) => neg(add(at('ijad,bdpq->ijpqab', node, node), at('ijcb,capq->ijpqab', node, node))),
  spell: {
    ...ofMatrices('@lyapMap({0})', '@lyap_map({0})'),
    ...helpers('lyap_map'),
    ...preludes('lyapMap', 'lyap_map'),
  },
  work: work.lyapunovMap,
  value: ([R]) => {
    const n = must(must(R).shape[0]);
    const data = new Float64Array(n ** 4);
    for (let column = 0; column < n * n; column++) {
      const unit = new Float64Array(n * n);
      unit[column] = 1;
      lyapOf(must(R), { shape: [n, n], data: unit }).data.forEach((v, row) => (data[row * n * n + column] = v));
    }
    return { shape: [n, n, n, n], data };
  },
  needs: ([R]) => `no two eigenvalues of ${R} with sum 0`,
  written: ({ args }) => ({ name: 'lyap', args }),
  rules: [
    {
      name: 'right-side-filled-in',
      at: 'product',
      example: { before: '#(ijab,ab->ij; lyap(R), A)', after: 'lyap(R, A)', declare: 'R: matrix(n, n) pd; A: matrix(n, n)' },
      rewrite: (product, k) => {
        const node = must(product.factors[k]).expr;
        if (node.kind !== 'apply' || node.shape.length !== 4) return undefined;
        return fillDirections(product, k, (A) => call(lyap.op, [must(node.args[0]), A]));
      },
    },
  ],
};

const lyapRecord: FunctionRecord = {
  ...lyap.record,
  forms: [...lyap.record.forms, { signature: 'matrix(n, n) -> tensor(n, n, n, n)', build: ([R]) => call(lyapMap, [must(R)]) }],
};

/** dexpm(X) with all directions open, dexpm(X, E) with one given, and so on. */
function derivativeOf(f: MatrixFunction, order: number): FunctionRecord {
  const name = derivativeName(f.name, order);
  const forms = Object.fromEntries(
    Array.from({ length: order + 1 }, (_, filled) => {
      const args = Array.from({ length: filled + 1 }, () => 'matrix(n, n)').join(', ');
      const free = order - filled;
      const result = free === 0 ? 'matrix(n, n)' : `tensor(${Array.from({ length: 2 + 2 * free }, () => 'n').join(', ')})`;
      return [`${args} -> ${result}`, (given: readonly Expr[]) => derivative(f.name, given, free)];
    }),
  );
  const directions = Array.from({ length: order }, (_, k) => (order <= 3 ? must('EFG'[k]) : `E${k + 1}`));
  const needsPd = f.needs ? ' pd' : '';
  const further = order === 3 ? `; higher orders are written d4${f.name}, d5${f.name} and so on` : '';
  return defined({
    name,
    ...(order === 1 && { aliases: [f.short] }),
    family: 'matrix',
    says:
      order === 1
        ? `derivative of ${f.name} at X, as a tensor of order 4; in a direction E: ${name}(X, E)`
        : `derivative of ${f.name} of order ${order} at X; with directions given: ${name}(X, ${directions.join(', ')})${further}`,
    forms,
    ...(f.needs && { needs: f.needs(['X']) }),
    source: 'Higham, Functions of Matrices, 2008, ch. 3',
    examples: [
      {
        of: `tr(A*${name}(X, ${directions.join(', ')}))`,
        by: must(directions[0]),
        is: `${name}(X, ${[...directions.slice(1), 'A'].join(', ')})'`,
        declare: `X: matrix(n, n)${needsPd}; A: matrix(n, n); ${directions.map((d) => `${d}: matrix(n, n)`).join('; ')}`,
      },
    ],
  });
}

/** d4expm and so on: derivatives beyond those of the table have the same form at every order. */
export const matrixFunctionFamily: FunctionFamily = {
  pattern: new RegExp(`^d([1-9]\\d*)(${list.map((f) => f.name).join('|')})$`),
  member: (order, name) => derivativeOf(must(byName.get(name)), order),
};

export const matrixFunctionRecords: readonly FunctionRecord[] = [
  ...[...plain.values()].map((f) => f.record),
  lyapRecord,
  ...list.flatMap((f) => [1, 2, 3].map((order) => derivativeOf(f, order))),
];
export const matrixFunctionOps: readonly Op[] = [frechet, lyapMap];

/** The principal square root of a matrix. */
export function squareRoot(X: Expr): Expr {
  return of('sqrtm', X);
}

/** For tests: D^(k+free) f(X)[E1, …, Ek] as a node. */
export function frechetNode(name: MatrixFunction['name'], args: readonly Expr[], free: number): Expr {
  return derivative(name, args, free);
}
