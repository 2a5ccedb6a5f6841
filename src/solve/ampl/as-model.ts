// A problem of an .nl file as a model: one vector x, the linear rows as matrices among the data, each nonlinear row by
// itself. It is read, judged and solved like any other model.

import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { csrFromCoordinates } from '../../base/csr.ts';
import type { NlProblem, NlRow, NlTree } from '../../data/programs/nl.ts';
import { variablesIn } from '../../data/programs/nl-text.ts';
import { add, constant, neg, sub, times, zeros } from '../../ir/build.ts';
import { dim } from '../../ir/dim.ts';
import { type Expr, type VariableNode, contract, inContext, newContext, stack, variable } from '../../ir/expr.ts';
import type { Model, ModelConstraint, Relation } from '../../lang/model.ts';
import type { VariableInfo } from '../../lang/resolve.ts';
import { call } from '../../ops/define.ts';

import { logarithm, power } from '../../ops/scalar/power.ts';
import { allOps } from '../../ops/table.ts';
import type { Given, GivenValue } from '../model/data.ts';
import type { PreparedModel } from '../model/prepare.ts';

export interface NlModel {
  readonly prepared: PreparedModel;
  readonly data: Given;
  readonly start?: Given;
  /** For each row of the file where its multiplier stands: constraints of the model with the entry in them. */
  readonly places: readonly (readonly { readonly constraint: string; readonly entry: number }[])[];
}

/** Throws a `RicciError` for operators that have no meaning here. */
export function modelOfNl(p: NlProblem): NlModel {
  const context = newContext();
  return inContext(context, () => {
    const n = p.variables;
    const x = variable('x', [dim(n)]);
    const data: Record<string, GivenValue> = {};
    const parameters: VariableNode[] = [];
    const places: { constraint: string; entry: number }[][] = p.rows.map(() => []);
    const constraints: ModelConstraint[] = [];
    const given = (name: string, shape: readonly number[], value: GivenValue): Expr => {
      const node = variable(name, shape.map((k) => dim(k)));
      parameters.push(node);
      data[name] = value;
      return node;
    };
    const constrain = (name: string, relation: Relation, expr: Expr): void => void constraints.push({ name, isNamed: true, relation, expr, span: [0, 0] });

    const isLinear = (r: NlRow): boolean => variablesIn(r.nonlinear).length === 0;
    const sides: readonly { readonly name: string; readonly relation: Relation; readonly level: (i: number) => number | undefined }[] = [
      { name: 'equations', relation: '==', level: (i) => (p.rowLower[i] === p.rowUpper[i] ? p.rowLower[i] : undefined) },
      { name: 'at_least', relation: '>=', level: (i) => (p.rowLower[i]! > -Infinity && p.rowLower[i] !== p.rowUpper[i] ? p.rowLower[i] : undefined) },
      { name: 'at_most', relation: '<=', level: (i) => (p.rowUpper[i]! < Infinity && p.rowLower[i] !== p.rowUpper[i] ? p.rowUpper[i] : undefined) },
    ];
    for (const { name, relation, level } of sides) {
      const mine = [...p.rows.keys()].filter((i) => isLinear(must(p.rows[i])) && level(i) !== undefined);
      if (mine.length === 0) continue;
      const [rowOf, colOf, values]: [number[], number[], number[]] = [[], [], []];
      const right = mine.map((i, k) => {
        const r = must(p.rows[i]);
        for (const [j, value] of r.linear) {
          rowOf.push(k);
          colOf.push(j);
          values.push(value);
        }
        must(places[i]).push({ constraint: name, entry: k });
        return must(level(i)) - constantOf(r.nonlinear);
      });
      const A = given(`A_${name}`, [mine.length, n], csrFromCoordinates(mine.length, n, rowOf, colOf, values));
      const b = given(`b_${name}`, [mine.length], right);
      constrain(name, relation, sub(contract([A, x], [[0, 1], [1]], [0]), b));
    }
    const toExpr = treeReader(x);
    const rowExpr = ({ nonlinear, linear }: NlRow): Expr => add(toExpr(nonlinear), ...linear.filter(([, c]) => c !== 0).map(([j, c]) => times(constant(c), entry(x, j))));
    p.rows.forEach((r, i) => {
      if (isLinear(r)) return;
      for (const { name, relation, level } of sides) {
        const value = level(i);
        if (value === undefined) continue;
        const own = `row ${i + 1}${name === 'equations' ? '' : ` ${name.replace('_', ' ')}`}`;
        must(places[i]).push({ constraint: own, entry: 0 });
        constrain(own, relation, sub(rowExpr(r), constant(value)));
      }
    });
    boundsOf(p, x, given, constrain);
    const { objective } = p;
    const wide = new Float64Array(n);
    for (const [j, c] of objective.linear) wide[j]! += c;
    const isFree = wide.every((c) => c === 0);
    const cost = isFree ? zeros([]) : contract([given('c', [n], wide), x], [[0], [0]], []);
    const info = (node: VariableNode): VariableInfo => ({ name: node.name, kind: node.shape.length === 1 ? 'vector' : 'matrix', shape: node.shape, facts: node.facts, origin: 'declared', node });
    const model: Model = {
      text: '',
      parameters: parameters.map(info),
      variables: [info(x)],
      sense: p.sense,
      objective: { expr: add(toExpr(objective.nonlinear), cost), span: [0, 0] },
      constraints,
      starts: new Map(),
      size: (d) => d,
    };
    const prepared: PreparedModel = { text: '', model, notices: [], context, ready: new Map(), judged: new Map(), isAboutSpectra: () => false, exponents: () => new Set(), fixed: new Map() };
    return { prepared, data, ...(p.start && { start: { x: p.start } }), places };
  });
}

/** Runs of entries that have a bound, as slices. */
function boundsOf(p: NlProblem, x: VariableNode, given: (name: string, shape: readonly number[], value: GivenValue) => Expr, constrain: (name: string, relation: Relation, expr: Expr) => void): void {
  for (const [name, relation, bound] of [['lower', '>=', p.lower], ['upper', '<=', p.upper]] as const) {
    for (let from = 0; from < p.variables; from++) {
      if (!Number.isFinite(bound[from]!)) continue;
      let to = from;
      while (to < p.variables && Number.isFinite(bound[to]!)) to++;
      const length = to - from;
      const said = `${name} bound of x[${from + 1}${length > 1 ? `:${to}` : ''}]`;
      const level = given(`${name} ${from + 1}`, [length], bound.slice(from, to));
      constrain(said, relation, sub(contract([stack(dim(length), dim(p.variables), dim(from)), x], [[0, 1], [1]], [0]), level));
      from = to;
    }
  }
}

function entry(x: VariableNode, j: number): Expr {
  return contract([stack(dim(1), must(x.shape[0]), dim(j)), x], [[0, 1], [1]], []);
}

function constantOf(tree: NlTree): number {
  if (tree.kind === 'number') return tree.value;
  if (tree.kind === 'variable') return NaN;
  const args = tree.args.map(constantOf);
  const [a = NaN, b = NaN] = args;
  switch (tree.code) {
    case 0:
    case 54:
      return args.reduce((sum, v) => sum + v, 0);
    case 1:
      return a - b;
    case 2:
      return a * b;
    case 3:
      return a / b;
    case 16:
      return -a;
    default:
      throw unreadable(tree.code);
  }
}

/** Trees to graphs; equal trees are one node. Operators that are functions are found by their number in the table. */
function treeReader(x: VariableNode): (tree: NlTree) => Expr {
  const functions = new Map(allOps().flatMap((op) => (op.ampl === undefined ? [] : [[op.ampl, op] as const])));
  const seen = new Map<NlTree, Expr>();
  const one = constant(1);
  const root = (e: Expr): Expr => power(e, { num: 1, den: 2 });
  const half = constant(0.5);
  const made = (tree: NlTree): Expr => {
    if (tree.kind === 'number') return constant(tree.value);
    if (tree.kind === 'variable') return entry(x, tree.index);
    const args = tree.args.map(read);
    const [a, b] = args;
    switch (tree.code) {
      case 0:
      case 54:
        return args.length === 0 ? zeros([]) : add(...args);
      case 1:
        return sub(must(a), must(b));
      case 2:
        return times(...args);
      case 3:
        return times(must(a), power(must(b), -1));
      case 5:
      case 76:
      case 78:
        return b?.kind === 'number' ? power(must(a), b.value) : call(must(functions.get(5)), args);
      case 77:
        return power(must(a), 2);
      case 16:
        return neg(must(a));
      case 39:
        return root(must(a));
      case 42:
        return times(constant(1 / Math.LN10), logarithm(must(a)));
      case 47: // artanh
        return times(half, sub(logarithm(add(one, must(a))), logarithm(sub(one, must(a)))));
      case 50: // arsinh
        return logarithm(add(must(a), root(add(power(must(a), 2), one))));
      case 52: // arcosh
        return logarithm(add(must(a), root(sub(power(must(a), 2), one))));
      case 11:
      case 12:
        return args.slice(1).reduce((most, e) => call(must(functions.get(tree.code)), [most, e]), must(a));
      default: {
        const op = functions.get(tree.code);
        if (!op) throw unreadable(tree.code);
        return call(op, args);
      }
    }
  };
  const read = (tree: NlTree): Expr => {
    const found = seen.get(tree) ?? made(tree);
    seen.set(tree, found);
    return found;
  };
  return read;
}

function unreadable(code: number): RicciError {
  return new RicciError([{ code: 'file-content', severity: 'error', message: `the operator o${code} has no meaning here`, span: [0, 0], help: 'write it by other operators' }]);
}

