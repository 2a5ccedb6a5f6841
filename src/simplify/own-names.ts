// Names that depend on the expression alone. Greedy passes break ties by the order of nodes, and that order comes from
// names; so they work on a copy whose variables are numbered by what they do in the expression. Two variables get
// numbers in the order of their names only where exchanging them leaves every value the same, and then any choice of
// the pass is as good as its mirror image.
//
// Variables are told apart by type and facts, then by fingerprints of the expression with one of them marked, then by
// marking one of those that are left (individualisation and refinement, as for labels in ir/key.ts).

import { hashText } from '../base/hash.ts';
import { must } from '../base/internal.ts';
import { type Expr, type VariableNode, shapeKey, variable } from '../ir/expr.ts';
import { factsKey } from '../ir/fact.ts';
import { rewriteUp, variables } from '../ir/walk.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';

export interface Renamed {
  readonly expr: Expr;
  /** The given names again. */
  readonly restore: (e: Expr) => Expr;
}

/** The expression with its variables numbered within each type, in an order that does not depend on their names. */
export function withOwnNames(e: Expr): Renamed {
  const classes = new Map<string, VariableNode[]>();
  for (const v of variables([e])) {
    const key = `${shapeKey(v.shape)}${factsKey(v.facts)}`;
    const list = classes.get(key);
    if (list) list.push(v);
    else classes.set(key, [v]);
  }
  const own = new Map<Expr, Expr>();
  const given = new Map<Expr, Expr>();
  const rankOf = [...classes.values()].some((list) => list.length > 1) ? ranks(e, classes) : undefined;
  for (const list of classes.values()) {
    if (rankOf) list.sort((v, w) => must(rankOf.get(v)) - must(rankOf.get(w)) || (v.name < w.name ? -1 : 1));
    list.forEach((v, i) => {
      const numbered = variable(`#${i}`, v.shape, v.facts);
      own.set(v, numbered);
      given.set(numbered, v);
    });
  }
  return { expr: renamed(e, own, new Map()), restore: restorer(given) };
}

function restorer(given: ReadonlyMap<Expr, Expr>): (e: Expr) => Expr {
  const cache = new Map<Expr, Expr>();
  return (e) => renamed(e, given, cache);
}

function renamed(e: Expr, names: ReadonlyMap<Expr, Expr>, cache: Map<Expr, Expr>): Expr {
  return rewriteUp(e, (node) => names.get(node) ?? node, cache);
}

// Fingerprints are taken as long as they look at no more nodes than this in all.
const mostNodes = 20_000;

/** A number for each variable, different except where nothing tells two apart. */
function ranks(e: Expr, classes: ReadonlyMap<string, readonly VariableNode[]>): Map<VariableNode, number> {
  const colours = new Map<VariableNode, number>();
  for (const [key, list] of classes) for (const v of list) colours.set(v, hashText(key) | 0);
  const fingerprint = fingerprintOf(e);
  if (!fingerprint) return colours;
  let left = Math.floor(mostNodes / fingerprint.nodes);
  for (;;) {
    const ties = tied(colours);
    const count = ties.reduce((n, list) => n + list.length, 0);
    left -= count;
    if (count === 0 || left < 0) return colours;
    const before = new Set(colours.values()).size;
    refine(colours, ties, fingerprint.take);
    if (new Set(colours.values()).size === before) mark(colours, must(ties[0]));
  }
}

/** The classes of variables of one colour, those of the lowest colour first. */
function tied(colours: ReadonlyMap<VariableNode, number>): VariableNode[][] {
  const byColour = new Map<number, VariableNode[]>();
  for (const [v, colour] of colours) {
    const list = byColour.get(colour);
    if (list) list.push(v);
    else byColour.set(colour, [v]);
  }
  return [...byColour].filter(([, list]) => list.length > 1).sort(([a], [b]) => a - b).map(([, list]) => list);
}

function refine(colours: Map<VariableNode, number>, ties: readonly (readonly VariableNode[])[], take: Fingerprint): void {
  const seedOf = (v: VariableNode): number => must(colours.get(v));
  const found = ties.flat().map((v) => [v, hashText(`${seedOf(v)} ${take((w) => (w === v ? ~seedOf(w) : seedOf(w)))}`) | 0] as const);
  for (const [v, colour] of found) colours.set(v, colour);
}

/** Nothing tells these apart: the first by name is marked, so that others are told apart from it. */
function mark(colours: Map<VariableNode, number>, list: readonly VariableNode[]): void {
  const first = list.reduce((v, w) => (v.name < w.name ? v : w));
  colours.set(first, hashText(`marked ${must(colours.get(first))}`) | 0);
}
