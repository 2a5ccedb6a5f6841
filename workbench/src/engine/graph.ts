// The shared graph of function and derivative, laid out in layers.

import { children, postorder } from '../../../src/ir/walk.ts';
import type { Expr, Label } from '../../../src/ir/expr.ts';
import { unreachable } from '../../../src/base/internal.ts';
import { toMathML, toText, write } from '../../../src/lang/write.ts';
import { derive } from '../../../src/pipeline.ts';
import { typeText } from '../../../src/pipeline/type-text.ts';
import { readable } from '../../../src/simplify/pipelines.ts';
import { type Point, layered } from './layered.ts';
import type { Question } from './question.ts';

export interface GraphNode {
  readonly id: number;
  /** Short, for the drawing: a small expression, a name, an operation. */
  readonly label: string;
  /** Shape and cost, such as `vector(m)  m·n`. */
  readonly says: string;
  readonly kind: Expr['kind'];
  /** The whole sub-expression. */
  readonly text: string;
  readonly mathml: string;
  readonly type: string;
  /** Multiplications, as a product of sizes; empty where there are none. */
  readonly cost: string;
  /** In characters. */
  readonly width: number;
  readonly at: Point;
  /** `function`, `derivative` or neither. */
  readonly root?: string;
}

export interface GraphWire {
  readonly from: number;
  readonly to: number;
  /** The axes that run along it, such as `m, n`; empty for a number. */
  readonly axes: readonly string[];
  /** Where it passes the layers between. */
  readonly bends: readonly Point[];
}

/** Places are in characters from the left, and in layers from below. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly wires: readonly GraphWire[];
  readonly layers: number;
  readonly width: number;
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
  const edges = drawn.flatMap((node) =>
    children(node)
      .filter((c) => isDrawn.has(c))
      .map((c) => ({ from: ids.get(c)!, to: ids.get(node)!, axes: c.shape.map((dim) => dim.key) })),
  );
  const root = (node: Expr): string | undefined => (node === d.shown ? 'derivative' : node === of ? 'function' : undefined);
  const faces = drawn.map((node) => {
    const [own, type, cost, is] = [written(node), typeText(node.shape), costOf(node), root(node)];
    const label = own.text.length <= longestLabel ? own.text : labelOf(node);
    const says = cost === '' ? type : `${type}  ${cost}`;
    return { label, says, kind: node.kind, ...own, type, cost, width: Math.max(label.length * labelSize, says.length, leastWidth) + 2, ...(is !== undefined && { root: is }) };
  });
  const { places, bends, layers, width } = layered(faces.map((f) => f.width), edges, gap);
  return { nodes: faces.map((face, id) => ({ id, ...face, at: places[id]! })), wires: edges.map((edge, i) => ({ ...edge, bends: bends[i]! })), layers, width, left: all.length - drawn.length };
}

// Longer expressions are named by their last operation.
const longestLabel = 18;
// Labels are larger than what is said below them.
const labelSize = 1.2;
const leastWidth = 6;
const gap = 3;

function written(node: Expr): Pick<GraphNode, 'text' | 'mathml'> {
  const notation = write(node);
  return { text: toText(notation), mathml: toMathML(notation) };
}

function labelOf(node: Expr): string {
  switch (node.kind) {
    case 'variable':
      return node.name;
    case 'number':
    case 'size':
      return toText(write(node));
    case 'apply':
      return `${node.op}(…)`;
    case 'sum':
      return children(node).length === 1 ? 'multiple' : `sum of ${children(node).length}`;
    case 'contract':
      return contractLabel(node.args.length, node.labels, node.out);
    case 'delta':
      return 'δ';
    case 'stack':
      return 'blocks';
    default:
      return unreachable(node);
  }
}

const letters = 'ijklmnpqrstuvwabcdefgh';

/** An einsum's pattern, as NumPy writes it. */
function contractLabel(count: number, labels: readonly (readonly Label[])[], out: readonly Label[]): string {
  if (count === 0) return '1';
  const [own, others] = labels;
  if (own && !others) return ofOne(own, out);
  const known = new Map<Label, string>();
  const letter = (label: Label): string => {
    if (!known.has(label)) known.set(label, letters[known.size] ?? '·');
    return known.get(label)!;
  };
  return `${labels.map((list) => list.map(letter).join('')).join(',')}→${out.map(letter).join('')}`;
}

/** A product of one: what becomes of its axes. */
function ofOne(own: readonly Label[], out: readonly Label[]): string {
  const different = new Set(own).size;
  if (different < own.length) return out.length === 0 ? 'trace' : 'diagonal';
  if (out.length < own.length) return 'sum';
  if (out.length > own.length) return new Set(out).size < out.length ? 'diag(…)' : 'broadcast';
  return 'transpose';
}

/** The sizes of all labels of a product: what it takes to compute it in one step. */
function costOf(node: Expr): string {
  if (node.kind !== 'contract' || node.args.length === 0) return '';
  const sizes = new Map(node.args.flatMap((arg, i) => arg.shape.map((dim, axis) => [node.labels[i]![axis]!, dim.key] as const)));
  return sizes.size < 2 ? '' : [...sizes.values()].join('·');
}
