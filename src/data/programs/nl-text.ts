// A problem of expression trees as the text of an .nl file.

import { type NlProblem, type NlRow, type NlTree, listCodes } from './nl.ts';

/** Variables and rows come in the order that AMPL asks for: what is nonlinear first. `order[k]` is the variable that is written as k. */
export interface NlText {
  readonly text: string;
  readonly order: readonly number[];
  readonly rowOrder: readonly number[];
}

/** Gay 2005, sections 2 and 3; the order of variables as in tables 3 and 4 of Hooking your solver to AMPL. */
export function nlText(p: NlProblem): NlText {
  const inRows = new Set(p.rows.flatMap((r) => variablesIn(r.nonlinear)));
  const inObjective = new Set(variablesIn(p.objective.nonlinear));
  const rank = (j: number): number => (inRows.has(j) ? (inObjective.has(j) ? 0 : 1) : inObjective.has(j) ? 2 : 3);
  const order = Array.from({ length: p.variables }, (_, j) => j).toSorted((a, b) => rank(a) - rank(b) || a - b);
  const place = new Int32Array(p.variables);
  order.forEach((j, k) => (place[j] = k));
  const isNonlinear = (r: NlRow): boolean => !(r.nonlinear.kind === 'number' && r.nonlinear.value === 0);
  const rowOrder = [...p.rows.keys()].toSorted((a, b) => Number(isNonlinear(p.rows[b]!)) - Number(isNonlinear(p.rows[a]!)) || a - b);
  const rows = rowOrder.map((i) => p.rows[i]!);
  const both = order.filter((j) => rank(j) === 0).length;
  const objectiveOnly = order.filter((j) => rank(j) === 2).length;
  const entries = rows.map((r) => structure(r, place));
  const gradient = structure(p.objective, place);
  const count = (list: Iterable<boolean>): number => [...list].filter(Boolean).length;
  const [low, high] = [rowOrder.map((i) => p.rowLower[i]!), rowOrder.map((i) => p.rowUpper[i]!)];
  const lines: string[] = [
    `g3 1 1 0\t# problem ${p.name}`,
    ` ${p.variables} ${rows.length} 1 ${count(low.map((l, i) => l > -Infinity && high[i]! < Infinity && l !== high[i]))} ${count(low.map((l, i) => l === high[i]))}\t# vars, constraints, objectives, ranges, eqns`,
    ` ${count(rows.map(isNonlinear))} ${isNonlinear(p.objective) ? 1 : 0}\t# nonlinear constraints, objectives`,
    ' 0 0\t# network constraints: nonlinear, linear',
    ` ${inRows.size} ${objectiveOnly > 0 ? inRows.size + objectiveOnly : both} ${both}\t# nonlinear vars in constraints, objectives, both`,
    ' 0 0 0 1\t# linear network variables; functions; arith, flags',
    ' 0 0 0 0 0\t# discrete variables: binary, integer, nonlinear (b,c,o)',
    ` ${entries.reduce((sum, e) => sum + e.length, 0)} ${gradient.length}\t# nonzeros in Jacobian, gradients`,
    ' 0 0\t# max name lengths: constraints, variables',
    ' 0 0 0 0 0\t# common exprs: b,c,o,c1,o1',
  ];
  rows.forEach((r, i) => lines.push(`C${i}`, ...treeLines(r.nonlinear, place)));
  lines.push(`O0 ${p.sense === 'max' ? 1 : 0}`, ...treeLines(p.objective.nonlinear, place));
  const { start } = p;
  if (start) lines.push(`x${p.variables}`, ...order.map((j, k) => `${k} ${shown(start[j]!)}`));
  if (rows.length > 0) lines.push('r', ...low.map((l, i) => boundsLine(l, high[i]!)));
  lines.push('b', ...order.map((j) => boundsLine(p.lower[j]!, p.upper[j]!)));
  const columns = new Int32Array(p.variables);
  for (const list of entries) for (const [k] of list) columns[k]!++;
  lines.push(`k${p.variables - 1}`);
  let total = 0;
  for (let k = 0; k < p.variables - 1; k++) lines.push(String((total += columns[k]!)));
  entries.forEach((list, i) => list.length > 0 && lines.push(`J${i} ${list.length}`, ...list.map(([k, value]) => `${k} ${shown(value)}`)));
  if (gradient.length > 0) lines.push(`G0 ${gradient.length}`, ...gradient.map(([k, value]) => `${k} ${shown(value)}`));
  return { text: `${lines.join('\n')}\n`, order, rowOrder };
}

/** Linear coefficients of every variable that stands in the row, 0 where it is nonlinear alone. */
function structure({ nonlinear, linear }: NlRow, place: Int32Array): readonly (readonly [number, number])[] {
  const found = new Map<number, number>(variablesIn(nonlinear).map((j) => [place[j]!, 0]));
  for (const [j, value] of linear) found.set(place[j]!, (found.get(place[j]!) ?? 0) + value);
  return [...found].toSorted(([a], [b]) => a - b);
}

export function variablesIn(tree: NlTree): number[] {
  const found = new Set<number>();
  const seen = new Set<NlTree>();
  const visit = (t: NlTree): void => {
    if (seen.has(t)) return;
    seen.add(t);
    if (t.kind === 'variable') found.add(t.index);
    else if (t.kind === 'operator') t.args.forEach(visit);
  };
  visit(tree);
  return [...found];
}

function treeLines(tree: NlTree, place: Int32Array): string[] {
  const lines: string[] = [];
  const visit = (t: NlTree): void => {
    if (t.kind === 'number') lines.push(`n${shown(t.value)}`);
    else if (t.kind === 'variable') lines.push(`v${place[t.index]!}`);
    else {
      lines.push(`o${t.code}`, ...(listCodes.has(t.code) ? [String(t.args.length)] : []));
      t.args.forEach(visit);
    }
  };
  visit(tree);
  return lines;
}

function boundsLine(low: number, high: number): string {
  if (low === high) return `4 ${shown(low)}`;
  if (low === -Infinity) return high === Infinity ? '3' : `1 ${shown(high)}`;
  return high === Infinity ? `2 ${shown(low)}` : `0 ${shown(low)} ${shown(high)}`;
}

/** The shortest digits that read back to the same number. */
function shown(value: number): string {
  return Object.is(value, -0) ? '0' : String(value);
}
