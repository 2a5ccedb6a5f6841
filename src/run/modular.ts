// The interpreter over integers modulo a prime: exact, so that two rational expressions that agree at random points
// are equal with near certainty (Schwartz 1980).

import { invariant, must, unreachable } from '../base/internal.ts';
import type { ApplyNode, ContractNode, Expr } from '../ir/expr.ts';
import { type Rational, isExact } from '../ir/rational.ts';
import { children, postorder } from '../ir/walk.ts';
import { type Dense, dense } from '../ops/reference/dense.ts';
import { inverseModulo, multiply, remainder } from '../ops/reference/modular.ts';
import { opNamed } from '../ops/table.ts';
import { type Environment, ownShapes } from './interpret.ts';
import { type SizeOf, count, deltaEntries, planContraction, sizeReader, stackEntries } from './layout.ts';

type Entries = Float64Array;

/**
 * The value of `root` modulo `prime` (below 2^26); variables hold integers. Undefined when the graph has a function or
 * a coefficient without exact value, or a denominator that is zero modulo the prime.
 */
export function interpretModular(root: Expr, env: Environment, prime: number): Dense | undefined {
  invariant(prime < 2 ** 26, 'the prime must be below 2^26');
  const sizeOf = sizeReader(env.sizes);
  const values = new Map<Expr, Entries>();
  for (const node of postorder([root])) {
    const args = children(node).map((c) => must(values.get(c)));
    const value = valueOf(node, args, env, sizeOf, prime);
    if (value === undefined) return undefined;
    values.set(node, value);
  }
  return dense(root.shape.map(sizeOf), must(values.get(root)));
}

function valueOf(node: Expr, args: readonly Entries[], env: Environment, sizeOf: SizeOf, prime: number): Entries | undefined {
  switch (node.kind) {
    case 'number': {
      const value = ofRational(node.value, prime);
      return value === undefined ? undefined : new Float64Array(count(node.shape.map(sizeOf))).fill(value);
    }
    case 'size':
      return Float64Array.of(remainder(sizeOf(node.dim), prime));
    case 'delta':
      return deltaEntries(node, sizeOf);
    case 'stack':
      return stackEntries(node, sizeOf);
    case 'variable': {
      const given = must(env.variables.get(node.name), `value of ${node.name}`);
      return given.data.every(Number.isSafeInteger) ? given.data.map((x) => remainder(x, prime)) : undefined;
    }
    case 'sum': {
      const result = new Float64Array(must(args[0]).length);
      for (const [k, term] of node.terms.entries()) {
        const coef = ofRational(term.coef, prime);
        if (coef === undefined) return undefined;
        const arg = must(args[k]);
        for (let i = 0; i < result.length; i++) result[i] = (result[i]! + coef * arg[i]!) % prime;
      }
      return result;
    }
    case 'contract':
      return contraction(node, args, sizeOf, prime);
    case 'apply':
      return application(node, args, sizeOf, prime);
    default:
      return unreachable(node);
  }
}

function ofRational(r: Rational, prime: number): number | undefined {
  if (!isExact(r)) return undefined;
  const den = inverseModulo(remainder(r.den, prime), prime);
  return den === undefined ? undefined : multiply(remainder(r.num, prime), den, prime);
}

const unit: Entries = Float64Array.of(1);

function contraction(node: ContractNode, args: readonly Entries[], sizeOf: SizeOf, prime: number): Entries {
  const values = [...args];
  for (const s of planContraction(node, sizeOf)) {
    const left = s.left === undefined ? unit : must(values[s.left]);
    const right = s.right === undefined ? unit : must(values[s.right]);
    const result = new Float64Array(s.length);
    for (let i = 0; i < s.leftKept.length; i++) {
      let sum = 0;
      for (let k = 0; k < s.leftSummed.length; k++) {
        sum = (sum + left[s.leftKept[i]! + s.leftSummed[k]!]! * right[s.rightKept[i]! + s.rightSummed[k]!]!) % prime;
      }
      result[s.target === undefined ? i : s.target[i]!] = sum;
    }
    values.push(result);
  }
  return must(values.at(-1));
}

function application(node: ApplyNode, args: readonly Entries[], sizeOf: SizeOf, prime: number): Entries | undefined {
  const { modular } = opNamed(node.op);
  if (modular === undefined) return undefined;
  const result = new Float64Array(count(node.shape.map(sizeOf)));
  const { batches, own } = ownShapes(node, sizeOf);
  for (let b = 0; b < batches; b++) {
    const mine = args.map((arg, k): Dense => {
      const size = arg.length / batches;
      return { shape: must(own[k]), data: arg.subarray(b * size, (b + 1) * size) };
    });
    const value = modular(mine, node, prime);
    if (value === undefined) return undefined;
    result.set(value.data, (b * result.length) / batches);
  }
  return result;
}
