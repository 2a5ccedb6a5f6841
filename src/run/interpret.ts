// The reference interpreter: one value for each node, children first. Slow, obvious, complete; the judge of all else.

import { RicciError } from '../base/diagnostic.ts';
import { must, unreachable } from '../base/internal.ts';
import type { ApplyNode, ContractNode, Expr, SumNode, VariableNode } from '../ir/expr.ts';
import { toNumber } from '../ir/rational.ts';
import { children, postorder } from '../ir/walk.ts';
import { type Dense, dense } from '../ops/reference/dense.ts';
import { opNamed } from '../ops/table.ts';
import { type SizeOf, count, countWithin, deltaEntries, mostSteps, planContraction, shapeText, sizeReader, stackEntries } from './layout.ts';

export interface Environment {
  /** Row-major, of the variable's shape. */
  readonly variables: ReadonlyMap<string, Dense>;
  readonly sizes: ReadonlyMap<string, number>;
}

/** The value of `root`, of its shape. */
export function interpret(root: Expr, env: Environment): Dense {
  return must(interpreter([root], env.sizes)(env.variables)[0]);
}

export type Entries = Float64Array;
export type Step = (args: readonly Entries[], variables: ReadonlyMap<string, Dense>) => Entries;

/**
 * The values of several roots at once, for many values of the variables of one size. Throws when a contraction needs more than
 * `most` multiplications in one step.
 */
export function interpreter(
  roots: readonly Expr[],
  sizes: ReadonlyMap<string, number>,
  most: number = mostSteps,
): (variables: ReadonlyMap<string, Dense>) => Dense[] {
  const sizeOf = sizeReader(sizes);
  const nodes = postorder(roots);
  const position = new Map(nodes.map((node, i) => [node, i]));
  const steps = nodes.map((node) => ({ run: stepOf(node, sizeOf, most), from: children(node).map((c) => must(position.get(c))) }));
  const given = new Set<Expr>();
  const outputs = roots.map((root) => {
    // What each call makes anew needs no copy.
    const isOwn = children(root).length > 0 && !given.has(root);
    given.add(root);
    return { at: must(position.get(root)), shape: root.shape.map(sizeOf), isOwn };
  });
  return (variables) => {
    const values: Entries[] = [];
    for (let i = 0; i < steps.length; i++) {
      const { run, from } = steps[i]!;
      values.push(run(from.map((c) => values[c]!), variables));
    }
    return outputs.map(({ at, shape, isOwn }) => (isOwn ? { shape, data: must(values[at]) } : dense(shape, must(values[at]))));
  };
}

/** From the values of the children of a node to its own. Throws as `interpreter` does. */
export function stepOf(node: Expr, sizeOf: SizeOf, most: number): Step {
  const constant = (entries: Entries): Step => () => entries;
  switch (node.kind) {
    case 'number':
      return constant(new Float64Array(countWithin(node.shape.map(sizeOf))).fill(toNumber(node.value)));
    case 'size':
      return constant(Float64Array.of(sizeOf(node.dim)));
    case 'delta':
      return constant(deltaEntries(node, sizeOf));
    case 'stack':
      return constant(stackEntries(node, sizeOf));
    case 'variable':
      return stepOfVariable(node, sizeOf);
    case 'sum':
      return stepOfSum(node);
    case 'contract':
      return stepOfContract(node, sizeOf, most);
    case 'apply':
      return stepOfApply(node, sizeOf);
    default:
      return unreachable(node);
  }
}

function stepOfVariable(node: VariableNode, sizeOf: SizeOf): Step {
  const shape = node.shape.map(sizeOf);
  return (_, variables) => {
    const value = variables.get(node.name);
    if (value === undefined) throw withoutValue(node);
    if (value.shape.length !== shape.length || shape.some((n, i) => n !== value.shape[i])) throw wrongShape(node, shape, value);
    return value.data;
  };
}

function stepOfSum(node: SumNode): Step {
  const coefs = node.terms.map((t) => toNumber(t.coef));
  return (args) => {
    const result = new Float64Array(args[0]!.length);
    for (let k = 0; k < coefs.length; k++) {
      const [coef, arg] = [coefs[k]!, args[k]!];
      for (let i = 0; i < result.length; i++) result[i]! += coef * arg[i]!;
    }
    return result;
  };
}

const unit: Entries = Float64Array.of(1);

function stepOfContract(node: ContractNode, sizeOf: SizeOf, most: number): Step {
  const steps = planContraction(node, sizeOf, most);
  return (args) => {
    const values = args.slice();
    for (let step = 0; step < steps.length; step++) {
      const s = steps[step]!;
      const left = s.left === undefined ? unit : values[s.left]!;
      const right = s.right === undefined ? unit : values[s.right]!;
      const { leftKept, leftSummed, rightKept, rightSummed, target } = s;
      const result = new Float64Array(s.length);
      const inner = leftSummed.length;
      for (let i = 0; i < leftKept.length; i++) {
        const l = leftKept[i]!;
        const r = rightKept[i]!;
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += left[l + leftSummed[k]!]! * right[r + rightSummed[k]!]!;
        result[target === undefined ? i : target[i]!] = sum;
      }
      values.push(result);
    }
    return values.at(-1)!;
  };
}

function stepOfApply(node: ApplyNode, sizeOf: SizeOf): Step {
  const op = opNamed(node.op);
  const length = countWithin(node.shape.map(sizeOf));
  const { scalarValue } = op;
  if (scalarValue) {
    const numbers = node.args.map(() => 0);
    return (args) => {
      const result = new Float64Array(length);
      for (let i = 0; i < length; i++) {
        for (let k = 0; k < numbers.length; k++) numbers[k] = args[k]![i]!;
        result[i] = scalarValue(numbers, node.params);
      }
      return result;
    };
  }
  const { batches, own } = ownShapes(node, sizeOf);
  return (args) => {
    const result = new Float64Array(length);
    const part = batches === 0 ? 0 : length / batches;
    for (let b = 0; b < batches; b++) {
      const mine = args.map((arg, k): Dense => {
        const size = arg.length / batches;
        return { shape: must(own[k]), data: batches === 1 ? arg : arg.subarray(b * size, (b + 1) * size) };
      });
      result.set(op.value(mine, node.params).data, b * part);
    }
    return result;
  };
}

/** The number of leading batch entries of a function's arguments, and the shapes of their own axes. */
export function ownShapes(node: ApplyNode, sizeOf: SizeOf): { batches: number; own: number[][] } {
  const ranks = opNamed(node.op).ranks(node.params);
  const [first] = node.args;
  const batch = first ? first.shape.slice(0, first.shape.length - must(ranks[0])).map(sizeOf) : [];
  return { batches: count(batch), own: node.args.map((a, k) => a.shape.slice(a.shape.length - must(ranks[k])).map(sizeOf)) };
}

function withoutValue(node: VariableNode): RicciError {
  return new RicciError([
    {
      code: 'value-missing',
      severity: 'error',
      message: `${node.name} has no value`,
      span: [0, 0],
      needed: `a value of shape ${shapeText(node.shape)} for ${node.name}`,
      found: 'none',
      help: `give a value to ${node.name}`,
    },
  ]);
}

function wrongShape(node: VariableNode, shape: readonly number[], value: Dense): RicciError {
  return new RicciError([
    {
      code: 'value-shape',
      severity: 'error',
      message: `the value of ${node.name} does not have the shape of ${node.name}`,
      span: [0, 0],
      needed: `${shapeText(node.shape)} = [${shape.join(', ')}]`,
      found: `[${value.shape.join(', ')}]`,
      help: `give ${node.name} as ${shape.length === 0 ? 'a number' : `nested lists of lengths ${shape.join(', ')}`}`,
    },
  ]);
}
