// Every partial of the table against differences of the reference values, first and second order, without and with a
// batch axis. The tangents here are built from the records alone, by none of the library's own ways to differentiate.

import { describe, expect, test } from 'vitest';
import { must } from '../src/base/internal.ts';
import { type Random, random } from '../src/base/random.ts';
import { add, constant, zeros } from '../src/ir/build.ts';
import { dim, sameShape } from '../src/ir/dim.ts';
import { type Expr, type VariableNode, contract, einsum, sum, variable } from '../src/ir/expr.ts';
import { type Fact, facts } from '../src/ir/fact.ts';
import { dependents, variables } from '../src/ir/walk.ts';
import { call } from '../src/ops/define.ts';
import { type Op, type Params, applied } from '../src/ops/op.ts';
import { dense, scale } from '../src/ops/reference/dense.ts';
import { allOps, allRules, functions, opNamed } from '../src/ops/table.ts';
import { differentiate, largest } from '../src/run/differences.ts';
import { interpreter } from '../src/run/interpret.ts';
import { sample, sampleDirection } from '../src/run/sample.ts';

type Axes = readonly number[];

interface Case {
  readonly params?: Params;
  /** Own axes of every argument. */
  readonly args: readonly Axes[];
  readonly facts?: readonly Fact[];
  /** Replaces an argument by a constant. */
  readonly constants?: Readonly<Record<number, number>>;
  /** Entries between minus this and this. */
  readonly within?: number;
}

const square: Axes = [3, 3];

const cases: Readonly<Record<string, readonly Case[]>> = {
  log: [{ args: [[]], facts: ['positive'] }],
  log1p: [{ args: [[]], facts: ['positive'] }],
  sqrt0: [{ args: [[]], facts: ['positive'] }],
  rsqrt0: [{ args: [[]], facts: ['positive'] }],
  pow: [
    { args: [[], []], facts: ['positive'] },
    { args: [[], []], constants: { 1: 3 } },
    { args: [[], []], constants: { 1: -2 } },
  ],
  arcsin: [{ args: [[]], within: 1 }],
  arccos: [{ args: [[]], within: 1 }],
  lgamma: [{ args: [[]], facts: ['positive'] }],
  digamma: [{ args: [[]], facts: ['positive'] }],
  polygamma: [{ args: [[], []], facts: ['positive'], constants: { 0: 1 } }],
  huber: [
    { args: [[], []], facts: ['positive'] },
    { args: [[], []], constants: { 1: 1 } },
  ],
  function: [{ args: [[]], params: ['f', 0] }],
  max: [
    { args: [[4]], params: [1] },
    { args: [[2, 3]], params: [2] },
  ],
  min: [
    { args: [[4]], params: [1] },
    { args: [[2, 3]], params: [2] },
  ],
  ismax: [{ args: [[4]], params: [1] }],
  ismin: [{ args: [[4]], params: [1] }],
  softmax: [
    { args: [[4]], params: [1] },
    { args: [[2, 3]], params: [2] },
  ],
  logsumexp: [
    { args: [[4]], params: [1] },
    { args: [[2, 3]], params: [2] },
  ],
  lowermask: [{ args: [[2, 3]] }],
  uppermask: [{ args: [[2, 3]] }],
  inv: [{ args: [square] }],
  solve: [
    { args: [square, [3]], params: [1] },
    { args: [square, [3, 2]], params: [2] },
  ],
  cholsolve: [
    { args: [square, [3]], params: [1] },
    { args: [square, [3, 2]], params: [2] },
  ],
  det: [{ args: [square] }, { args: [[4, 4]] }],
  detderivative: [
    { args: [square], params: [1] },
    { args: [square], params: [2] },
  ],
  logdet: [{ args: [square], facts: ['pd'] }],
  logdetpd: [{ args: [square], facts: ['pd'] }],
  logabsdet: [{ args: [square] }],
  expm: [{ args: [square] }],
  logm: [{ args: [square], facts: ['pd'] }],
  sqrtm: [{ args: [square], facts: ['pd'] }],
  sinm: [{ args: [square] }],
  cosm: [{ args: [square] }],
  frechet: [
    { args: [square], params: ['expm', 0, 1] },
    { args: [square, square], params: ['sinm', 1, 0] },
    {
      args: [
        [2, 2],
        [2, 2],
      ],
      params: ['expm', 1, 1],
    },
    {
      args: [
        [2, 2],
        [2, 2],
        [2, 2],
      ],
      params: ['cosm', 2, 0],
    },
    {
      args: [
        [2, 2],
        [2, 2],
      ],
      params: ['logm', 1, 0],
      facts: ['pd'],
    },
    {
      args: [
        [2, 2],
        [2, 2],
      ],
      params: ['sqrtm', 1, 0],
      facts: ['pd'],
    },
  ],
  lyap: [{ args: [square, square], facts: ['pd'] }],
  lyapmap: [{ args: [[2, 2]], facts: ['pd'] }],
  chol: [{ args: [square], facts: ['pd'] }],
  pinv: [{ args: [[4, 2]] }, { args: [[2, 3]] }, { args: [square] }],
  eigvals: [{ args: [square] }],
  eigvecs: [{ args: [square] }],
  lmax: [{ args: [square] }],
  lmin: [{ args: [square] }],
  vmax: [{ args: [square] }],
  vmin: [{ args: [square] }],
  reducedmax: [{ args: [square] }],
  reducedmin: [{ args: [square] }],
  svdvals: [{ args: [[4, 2]] }, { args: [[2, 3]] }],
  svdu: [{ args: [[4, 2]] }, { args: [[2, 3]] }],
  svdv: [{ args: [[4, 2]] }, { args: [[2, 3]] }],
  smax: [{ args: [[4, 2]] }, { args: [[2, 3]] }],
  smin: [{ args: [[4, 2]] }, { args: [[2, 3]] }],
  nuc: [{ args: [[4, 2]] }, { args: [[2, 3]] }],
  gap: [{ args: [[4]] }],
};

function casesOf(op: Op): readonly Case[] {
  const given = cases[op.name];
  if (given) return given;
  if (op.scalarValue === undefined) throw new Error(`no case for ${op.name} in test/table.test.ts`);
  return [{ args: op.ranks([]).map(() => []) }];
}

function nodeOf(op: Op, c: Case, batch: Axes): Expr {
  const args = c.args.map((own, i) => {
    const shape = [...batch, ...own].map(dim);
    const value = c.constants?.[i];
    if (value !== undefined) return constant(value, shape);
    const known = facts(c.facts ?? [], c.within === undefined ? {} : { above: -c.within, below: c.within });
    if (!known.has.has('pd')) return variable('XYZ'[i]!, shape, known);
    // Facts of matrices are declared for matrices: a batch of them is one matrix times several numbers.
    const X = variable('XYZ'[i]!, own.map(dim), known);
    return batch.length === 0 ? X : einsum('ij,b->bij', [X, variable('w', batch.map(dim), facts(['positive']))]);
  });
  return call(op, args, c.params ?? []);
}

/** The derivative of `e` along `E` for `X`, from the records' partials. */
function tangent(e: Expr, X: VariableNode, E: Expr): Expr {
  const moving = dependents(e, new Set([X]));
  const known = new Map<Expr, Expr>();
  const of = (node: Expr): Expr => {
    if (node === X) return E;
    if (!moving.has(node)) return zeros(node.shape);
    const found = known.get(node) ?? build(node);
    known.set(node, found);
    return found;
  };
  const build = (node: Expr): Expr => {
    switch (node.kind) {
      case 'sum':
        return sum(node.terms.map((t) => ({ coef: t.coef, arg: of(t.arg) })));
      case 'contract':
        return add(
          ...node.args.flatMap((a, i) =>
            moving.has(a) ? [contract(node.args.with(i, of(a)), node.labels, node.out, node.shape)] : [],
          ),
        );
      case 'apply': {
        const view = applied(opNamed(node.op), node);
        const ranks = opNamed(node.op).ranks(node.params);
        const batch = [...Array(view.batch).keys()];
        return add(
          ...node.args.flatMap((a, k) => {
            if (!moving.has(a)) return [];
            const own = [...Array(must(ranks[k])).keys()].map((i) => 1000 + i);
            const out = node.shape.map((_, i) => i);
            const partial = opNamed(node.op).partial(view, k);
            return [
              contract(
                [partial, of(a)],
                [
                  [...out, ...own],
                  [...batch, ...own],
                ],
                out,
              ),
            ];
          }),
        );
      }
      default:
        return zeros(node.shape);
    }
  };
  return of(e);
}

/** Largest relative disagreement between the tangent and differences. */
function disagreement(e: Expr, X: VariableNode, E: VariableNode, derivative: Expr, stream: Random): number {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { values } = sample(variables([e, derivative, X]), new Map(), stream);
    const small = X.facts.below !== undefined || X.facts.has.has('positive') || X.facts.has.has('pd') ? 0.2 : 1;
    const shape = X.shape.map((d) => Number(d.key));
    const point = new Map(values).set(E.name, scale(sampleDirection('none', shape, stream), small));
    const [evaluate, claim] = [interpreter([e], new Map()), interpreter([derivative], new Map())];
    const moved = (t: number): Float64Array => {
      const value = dense(
        shape,
        must(point.get(X.name)).data.map((x, i) => x + t * must(point.get(E.name)).data[i]!),
      );
      return must(evaluate(new Map(point).set(X.name, value))[0]).data;
    };
    const claimed = must(claim(point)[0]).data;
    const found = differentiate(moved, 1 / 16, 1e-12 * largest(claimed));
    const size = Math.max(largest(found.value), largest(claimed), 1e-3 * largest(moved(0))) || 1;
    if (!(found.error / size < 1e-7)) continue;
    return largest(claimed.map((v, i) => v - found.value[i]!)) / size;
  }
  throw new Error('no smooth point found');
}

describe.each(allOps().map((op) => ({ name: op.name, op })))('$name', ({ op }) => {
  for (const [i, c] of casesOf(op).entries()) {
    for (const batch of [[], [2]]) {
      const node = nodeOf(op, c, batch);
      for (const X of variables([node]).filter((v) => v.name !== 'w')) {
        const title = `case ${i + 1}, by ${X.name}${batch.length > 0 ? ', with a batch axis' : ''}`;
        test(title, () => {
          const stream = random(7 + i);
          const E = variable('E', X.shape);
          const first = tangent(node, X, E);
          expect(disagreement(node, X, E, first, stream)).toBeLessThan(1e-7);
          const F = variable('F', X.shape);
          for (const Y of variables([node]).filter((v) => sameShape(v.shape, X.shape))) {
            const second = tangent(first, Y, F);
            expect(disagreement(first, Y, F, second, stream)).toBeLessThan(1e-7);
          }
        });
      }
    }
  }
});

describe('the table', () => {
  test('every function has words, a form and an example', () => {
    const bare = functions.filter((f) => f.says === '' || f.forms.length === 0 || f.examples.length === 0);
    expect(bare.map((f) => f.name)).toEqual([]);
    for (const form of functions.flatMap((f) => f.forms)) expect(form.signature).toContain('->');
  });

  test('no name is taken twice', () => {
    const names = functions.flatMap((f) => [f.name, ...(f.aliases ?? [])]);
    expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
    const rules = allRules().map((r) => r.name);
    expect(rules.filter((n, i) => rules.indexOf(n) !== i)).toEqual([]);
    for (const f of functions) if (f.axis) expect(names).toEqual(expect.arrayContaining([f.axis.rows, f.axis.cols]));
  });

  test('every name of the language is there', () => {
    const wanted =
      'sin cos tan arcsin arccos arctan sinh cosh tanh exp log log1p expm1 sqrt abs sign relu sigmoid softplus erf lgamma digamma max min pow ' +
      'sum mean norm1 norm2 norminf tr det logdet logsumexp softmax softmaxrows softmaxcols rowsum colsum inv pinv adj expm logm sqrtm sinm cosm chol ' +
      'logabsdet eigvals eigvecs svdvals lmax lmin vmax smax nuc spectral diag kron vec reshape tril triu outer logsoftmax crossentropy huber hinge Lexp lyap';
    const names = functions.flatMap((f) => [f.name, ...(f.aliases ?? [])]);
    expect(wanted.split(' ').filter((n) => !names.includes(n))).toEqual([]);
  });
});
