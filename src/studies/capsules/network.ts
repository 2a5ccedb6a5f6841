// A capsule network as an expression: features, primary capsules, layers with routing by agreement written out iteration by
// iteration, lengths of the top capsules, margin loss. Derivatives are the engine's.
//
// Sabour, Frosst, Hinton, Dynamic Routing Between Capsules, NeurIPS 2017: equations 1 to 4 and procedure 1.

import { must } from '../../base/internal.ts';
import { add, constant, ones, sub, times } from '../../ir/build.ts';
import { type Dim, dim } from '../../ir/dim.ts';
import { type Expr, type VariableNode, einsum, size, variable } from '../../ir/expr.ts';
import { softmaxOver } from '../../ops/defined/learning.ts';
import { squaredLength, squashed } from '../../ops/defined/squash.ts';
import { relu } from '../../ops/scalar/piecewise.ts';
import { power } from '../../ops/scalar/power.ts';
import { safeRoot } from '../../ops/scalar/root.ts';
import { ratio } from '../../ir/rational.ts';
import type { Trainable } from '../harness/trainable.ts';
import { type Architecture, positionsAlong } from './architecture.ts';

/** Where the couplings of a layer come from. */
export type Couplings = 'by routing' | 'uniform' | 'given';

export interface Network {
  readonly trainable: Trainable;
  /** Patches of images [image, position, pixel], and which class an image has [image, class]. */
  readonly data: { readonly patches: VariableNode; readonly targets: VariableNode };
  /** Primary capsules [position, type, image, number], then those of each layer [capsule, image, number]. */
  readonly poses: readonly Expr[];
  /** Lengths of the same: their last axis is gone. */
  readonly lengths: readonly Expr[];
  /** Of each layer, as they were in the last iteration: children, image, parent. */
  readonly couplings: readonly Expr[];
  /** The couplings; where they are uniform, those that one iteration of routing would give. */
  readonly edges: readonly Expr[];
  /** Of each layer, for `given` couplings: children, parent. */
  readonly given: readonly VariableNode[];
}

// Lengths that a present class should have at least, and an absent one at most; what absent ones weigh.
const margin = { present: ratio(9, 10), absent: ratio(1, 10), weight: ratio(1, 2) };

/** Axes of the children by letters: primary capsules have two. */
const primaryAxes = 'xy';
const layerAxes = 'i';

export function network(a: Architecture, couplings: Couplings = a.routing.kind === 'uniform' ? 'uniform' : 'by routing'): Network {
  const images = dim('b');
  const [positions, pixels, count] = [dim(positionsAlong(a) ** 2), dim(a.features.patch ** 2), dim(a.features.count)];
  const classes = dim(must(a.layers.at(-1)).capsules);
  const patches = variable('X', [images, positions, pixels]);
  const targets = variable('T', [images, classes]);
  const [types, primaryDim] = [dim(a.primary.types), dim(a.primary.dim)];
  const [A, A0] = [variable('A', [pixels, count]), variable('A0', [count])];
  const [P, P0] = [variable('P', [count, types, primaryDim]), variable('P0', [types, primaryDim])];

  const features = relu(add(einsum('bxk,kh->bxh', [patches, A]), einsum('h->bxh', [A0], [images, positions, count])));
  const sums = add(einsum('bxh,hyq->xybq', [features, P]), einsum('yq->xybq', [P0], [positions, types, images, primaryDim]));
  const poses: Expr[] = [squashed(sums)];
  const parameters: VariableNode[] = [A, A0, P, P0];
  const held: { variable: VariableNode; is: Expr }[] = [];
  const given: VariableNode[] = [];
  const last: Expr[] = [];
  const edges: Expr[] = [];

  for (const [l, layer] of a.layers.entries()) {
    const children = must(poses.at(-1));
    const axes = l === 0 ? primaryAxes : layerAxes;
    const childDims = children.shape.slice(0, axes.length);
    const [parents, numbers] = [dim(layer.capsules), dim(layer.dim)];
    const W = variable(`W${l + 1}`, [...childDims, must(children.shape.at(-1)), parents, numbers]);
    const B = a.bias ? variable(`B${l + 1}`, [parents, numbers]) : undefined;
    parameters.push(W, ...(B ? [B] : []));
    const votes = einsum(`${axes}qjr,${axes}bq->${axes}bjr`, [W, children]);
    const routed = route(votes, axes, B, a, couplings, l, images);
    if (routed.given) given.push(routed.given);
    held.push(...routed.held);
    poses.push(routed.pose);
    last.push(routed.couplings);
    edges.push(routed.edges);
  }

  const lengths = poses.map((v) => safeRoot(squaredLength(v)));
  const top = einsum('kb->bk', [must(lengths.at(-1))]);
  return { trainable: { loss: marginLoss(top, targets), parameters, held }, data: { patches, targets }, poses, lengths, couplings: last, edges, given };
}

interface Routed {
  readonly pose: Expr;
  readonly couplings: Expr;
  readonly edges: Expr;
  readonly given?: VariableNode;
  readonly held: readonly { readonly variable: VariableNode; readonly is: Expr }[];
}

/** Poses of the parents from the votes [children, image, parent, number]. */
export function route(votes: Expr, axes: string, bias: VariableNode | undefined, { routing }: Architecture, kind: Couplings, l: number, images: Dim): Routed {
  const shape = votes.shape.slice(0, -1);
  const parents = must(shape.at(-1));
  const pose = (c: Expr): Expr => {
    const s = einsum(`${axes}bj,${axes}bjr->jbr`, [c, votes]);
    return squashed(bias ? add(s, einsum('jr->jbr', [bias], [parents, images, must(votes.shape.at(-1))])) : s);
  };
  const even = times(power(size(parents), -1), ones(shape));
  const agreement = (v: Expr): Expr => einsum(`${axes}bjr,jbr->${axes}bj`, [votes, v]);
  if (kind === 'uniform') {
    const v = pose(even);
    return { pose: v, couplings: even, edges: softmaxOver(agreement(v), 1), held: [] };
  }
  if (kind === 'given') {
    const C = variable(`C${l + 1}`, [...shape.slice(0, axes.length), parents]);
    const c = einsum(`${axes}j->${axes}bj`, [C], shape);
    return { pose: pose(c), couplings: c, edges: c, given: C, held: [] };
  }
  const held: { variable: VariableNode; is: Expr }[] = [];
  let logits: Expr | undefined;
  let c = even;
  for (let k = 1; k < routing.iterations; k++) {
    const more = agreement(pose(c));
    logits = logits ? add(logits, more) : more;
    c = softmaxOver(logits, 1);
  }
  if (routing.gradient === 'stopped' && logits) {
    const fixed = variable(`held couplings ${l + 1}`, shape);
    held.push({ variable: fixed, is: c });
    c = fixed;
  }
  return { pose: pose(c), couplings: c, edges: c, held };
}

/** Σ over classes, mean over images. */
function marginLoss(lengths: Expr, targets: VariableNode): Expr {
  const { shape } = lengths;
  const square = (e: Expr): Expr => power(relu(e), 2);
  const short = times(targets, square(sub(constant(margin.present, shape), lengths)));
  const long = times(constant(margin.weight, shape), sub(ones(shape), targets), square(sub(lengths, constant(margin.absent, shape))));
  return times(einsum('bk->', [add(short, long)]), power(size(must(shape[0])), -1));
}
