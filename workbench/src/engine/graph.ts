// The shared graph of function and derivative, laid out in layers: what a node uses stands below it.

import { children, postorder } from '../../../src/ir/walk.ts';
import type { Expr, Label } from '../../../src/ir/expr.ts';
import { unreachable } from '../../../src/base/internal.ts';
import { toMathML, toText, write } from '../../../src/lang/write.ts';
import { derive } from '../../../src/pipeline.ts';
import { typeText } from '../../../src/pipeline/type-text.ts';
import { readable } from '../../../src/simplify/pipelines.ts';
import type { Question } from './question.ts';

export interface GraphNode {
  readonly id: number;
  /** Short, for the drawing: a name, an operation. */
  readonly label: string;
  readonly kind: Expr['kind'];
  /** The whole sub-expression. */
  readonly text: string;
  readonly mathml: string;
  readonly type: string;
  /** Multiplications, as a product of sizes; empty where there are none. */
  readonly cost: string;
  /** Leaves are in layer 0. */
  readonly layer: number;
  /** Place in the layer, from the left. */
  readonly place: number;
  /** `function`, `derivative` or neither. */
  readonly root?: string;
}

export interface GraphWire {
  readonly from: number;
  readonly to: number;
  /** The axes that run along it, such as `m, n`; empty for a number. */
  readonly axes: readonly string[];
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly wires: readonly GraphWire[];
  readonly layers: number;
  readonly widest: number;
  /** Nodes of the graph that are not drawn. */
  readonly left: number;
}

const mostNodes = 150;

export function graph({ text, declare, by, layout, symmetric }: Question): Graph {
  const d = derive(text, { by, declare, layout, symmetric, points: 0 });
  const of = readable(d.function);
  const all = postorder([of, d.shown]);
  // The whole of a large graph is no picture: its end is drawn.
  const drawn = all.slice(-mostNodes);
  const isDrawn = new Set(drawn);
  const ids = new Map(drawn.map((node, i) => [node, i]));
  const layer = new Map<Expr, number>();
  for (const node of drawn) layer.set(node, Math.max(-1, ...children(node).map((c) => layer.get(c) ?? -1)) + 1);
  const wires = drawn.flatMap((node) =>
    children(node)
      .filter((c) => isDrawn.has(c))
      .map((c): GraphWire => ({ from: ids.get(c)!, to: ids.get(node)!, axes: c.shape.map((dim) => dim.key) })),
  );
  const places = placed(drawn, layer, ids, wires);
  const root = (node: Expr): string | undefined => (node === d.shown ? 'derivative' : node === of ? 'function' : undefined);
  const nodes = drawn.map((node, id): GraphNode => {
    const is = root(node);
    return { id, label: labelOf(node), kind: node.kind, ...written(node), type: typeText(node.shape), cost: costOf(node), layer: layer.get(node)!, place: places[id]!, ...(is !== undefined && { root: is }) };
  });
  const counts = Map.groupBy(nodes, (n) => n.layer);
  return { nodes, wires, layers: counts.size, widest: Math.max(0, ...[...counts.values()].map((list) => list.length)), left: all.length - drawn.length };
}

function written(node: Expr): Pick<GraphNode, 'text' | 'mathml'> {
  const notation = write(node);
  return { text: toText(notation), mathml: toMathML(notation) };
}

/** Places in the layers by the barycentre rule: Sugiyama, Tagawa and Toda, IEEE Trans. Syst. Man Cybern. 11 (1981). */
function placed(nodes: readonly Expr[], layer: ReadonlyMap<Expr, number>, ids: ReadonlyMap<Expr, number>, wires: readonly GraphWire[]): number[] {
  const layers = [...Map.groupBy(nodes, (n) => layer.get(n)!)].sort(([a], [b]) => a - b).map(([, list]) => list.map((n) => ids.get(n)!));
  const place: number[] = [];
  const settle = (list: readonly number[]): void => list.forEach((id, i) => (place[id] = i - (list.length - 1) / 2));
  layers.forEach(settle);
  const neighbours = (id: number, below: boolean): number[] => wires.flatMap((w) => (below ? (w.to === id ? [w.from] : []) : w.from === id ? [w.to] : []));
  const middle = (id: number, below: boolean): number => {
    const near = neighbours(id, below);
    return near.length === 0 ? place[id]! : near.reduce((sum, n) => sum + place[n]!, 0) / near.length;
  };
  for (let sweep = 0; sweep < 8; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const list of isDown ? layers : layers.toReversed()) settle(list.sort((a, b) => middle(a, isDown) - middle(b, isDown) || a - b));
  }
  return place;
}

function labelOf(node: Expr): string {
  switch (node.kind) {
    case 'variable':
      return node.name;
    case 'number':
    case 'size':
      return toText(write(node));
    case 'apply':
      return node.op;
    case 'sum':
      return '+';
    case 'contract':
      return contractLabel(node.args.length, node.labels, node.out);
    case 'delta':
      return 'δ';
    case 'stack':
      return 'place';
    default:
      return unreachable(node);
  }
}

const letters = 'ijklmnpqrstuvwabcdefgh';

/** An einsum's pattern, as NumPy writes it. */
function contractLabel(count: number, labels: readonly (readonly Label[])[], out: readonly Label[]): string {
  if (count === 0) return '1';
  const known = new Map<Label, string>();
  const letter = (label: Label): string => {
    if (!known.has(label)) known.set(label, letters[known.size] ?? '·');
    return known.get(label)!;
  };
  return `${labels.map((list) => list.map(letter).join('')).join(',')}→${out.map(letter).join('')}`;
}

/** The sizes of all labels of a product: what it takes to compute it in one step. */
function costOf(node: Expr): string {
  if (node.kind !== 'contract' || node.args.length === 0) return '';
  const sizes = new Map(node.args.flatMap((arg, i) => arg.shape.map((dim, axis) => [node.labels[i]![axis]!, dim.key] as const)));
  return sizes.size < 2 ? '' : [...sizes.values()].join('·');
}
