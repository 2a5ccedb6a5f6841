// A model with its data as a problem of expression trees, for .nl files.

import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import type { NlProblem, NlRow } from '../../data/programs/nl.ts';
import { type NlText, nlText } from '../../data/programs/nl-text.ts';
import { inContext } from '../../ir/expr.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { valuesAt } from '../evaluate.ts';
import { type Given, readData } from '../model/data.ts';
import { type Layout, layoutOf, pack } from '../model/layout.ts';
import type { PreparedModel } from '../model/prepare.ts';
import { statementOf } from '../model/statement.ts';
import { type Poly, type Scalar, nonlinearTree, scalarsOf, variableScalar } from './scalars.ts';

export interface NlFile extends NlText {
  /** What each variable of the file is, such as `x[3]` or `X[1,2]`, in the order of the file. */
  readonly columns: readonly string[];
  readonly rows: readonly string[];
}

/**
 * The model with these data as an .nl file. Throws a `RicciError` for what such files cannot say: functions without an
 * operator, semidefinite matrices.
 */
export function nlFileOf(prepared: PreparedModel, data: Given = {}, start: Given = {}, name = 'model'): NlFile {
  return inContext(prepared.context, () => {
    const { model } = prepared;
    const given = readData(model, data, start);
    const statement = statementOf(model, given.facts);
    const [cone] = statement.cones.keys();
    if (cone !== undefined) throw new RicciError([{ code: 'not-in-target', severity: 'error', message: `${cone} must be semidefinite, which no .nl file says`, span: [0, 0], needed: 'constraints between numbers', help: 'solve the model here' }]);
    const layout = layoutOf(statement.variables, given.sizes);
    const variables = new Map(layout.blocks.map((b) => [b.node.name, entriesOf(b)]));
    const roots = [statement.objective, ...statement.constraints.map((c) => c.expr)];
    const [goal, ...sides] = scalarsOf(roots, variables, given);
    const [lower, upper] = [new Float64Array(layout.dim).fill(-Infinity), new Float64Array(layout.dim).fill(Infinity)];
    const rows: NlRow[] = [];
    const names: string[] = [];
    const [rowLower, rowUpper]: [number[], number[]] = [[], []];
    statement.constraints.forEach(({ relation, name: says }, k) => {
      must(sides[k]).forEach((value, i) => {
        const level = -constantOf(value);
        const [least, most] = [relation === '<=' ? -Infinity : level, relation === '>=' ? Infinity : level];
        const bound = singleOf(value);
        if (bound) {
          const [a, b] = bound.factor > 0 ? [least / bound.factor, most / bound.factor] : [most / bound.factor, least / bound.factor];
          lower[bound.index] = Math.max(lower[bound.index]!, a + 0);
          upper[bound.index] = Math.min(upper[bound.index]!, b + 0);
          return;
        }
        rows.push(rowOf(value, false));
        names.push(must(sides[k]).length > 1 ? `${says} [${i + 1}]` : says);
        rowLower.push(least + 0);
        rowUpper.push(most + 0);
      });
    });
    const written = [...model.starts].map(([of, part]) => [of, must(valuesAt([simplify(part.expr, lazy)], new Map(), given)[0])] as const);
    const starts = new Map([...written, ...given.start]);
    const objective = must(must(goal)[0]);
    const isMax = model.sense === 'max';
    const problem: NlProblem = {
      name,
      variables: layout.dim,
      sense: model.sense,
      objective: rowOf(isMax ? negated(objective) : objective, true),
      rows,
      rowLower: Float64Array.from(rowLower),
      rowUpper: Float64Array.from(rowUpper),
      lower,
      upper,
      ...(starts.size > 0 && { start: startOf(layout, starts) }),
    };
    const text = nlText(problem);
    const columns = columnsOf(layout);
    return { ...text, columns: text.order.map((j) => must(columns[j])), rows: text.rowOrder.map((i) => must(names[i])) };
  });
}

function entriesOf({ size, offset, places }: Layout['blocks'][number]): Scalar[] {
  return Array.from({ length: size }, (_, i) => {
    const place = places ? places[i]! : offset + i;
    return place < 0 ? 0 : variableScalar(place);
  });
}

function columnsOf(layout: Layout): string[] {
  const names = Array.from({ length: layout.dim }, () => '');
  for (const { node, shape, size, offset, places } of layout.blocks) {
    for (let i = 0; i < size; i++) {
      const place = places ? places[i]! : offset + i;
      if (place < 0 || names[place] !== '') continue;
      const at = shape.map((_, axis) => 1 + (Math.floor(i / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % must(shape[axis])));
      names[place] = at.length === 0 ? node.name : `${node.name}[${at.join(',')}]`;
    }
  }
  return names;
}

function startOf(layout: Layout, values: ReadonlyMap<string, { readonly data: Float64Array }>): Float64Array {
  const z = new Float64Array(layout.dim);
  for (const block of layout.blocks) {
    const value = values.get(block.node.name);
    if (value) pack(block, value.data, z);
  }
  return z;
}

const nothing: Poly = { constant: 0, linear: new Map(), products: new Map(), trees: [] };

function rowOf(value: Scalar, withConstant: boolean): NlRow {
  const p = typeof value === 'number' ? { ...nothing, constant: value } : value;
  return { nonlinear: nonlinearTree(p, withConstant), linear: [...p.linear].filter(([, c]) => c !== 0) };
}

function negated(value: Scalar): Scalar {
  if (typeof value === 'number') return -value;
  const turn = <Key>(m: ReadonlyMap<Key, number>): Map<Key, number> => new Map([...m].map(([k, c]) => [k, -c]));
  return { constant: -value.constant, linear: turn(value.linear), products: turn(value.products), trees: value.trees.map((t) => ({ ...t, coef: -t.coef })) };
}

function constantOf(value: Scalar): number {
  return typeof value === 'number' ? value : value.constant;
}

/** `factor` times one variable, and nothing else but a constant. */
function singleOf(value: Scalar): { readonly index: number; readonly factor: number } | undefined {
  if (typeof value === 'number' || value.products.size > 0 || value.trees.length > 0) return undefined;
  const linear = [...value.linear].filter(([, c]) => c !== 0);
  const [only] = linear;
  return linear.length === 1 && only ? { index: only[0], factor: only[1] } : undefined;
}
