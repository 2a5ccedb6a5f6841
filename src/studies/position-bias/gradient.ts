// Derivatives of a number read off a profile, by every parameter of the architecture. The engine derives the number by
// the profile, one layer of the rollout by its row, its λ and its attention, and the attention of a head by the head's
// parameters; reverse accumulation joins them. Finite differences are the witness of the tests, and nothing more.

import { must } from '../../base/internal.ts';
import { gradients } from '../../diff/differentiate.ts';
import { type CompiledMany, compile } from '../../run/compile.ts';
import { allowedMatrix, averaged, scoresByDistance } from './attention.ts';
import { type HeadProgram, newHeadProgram } from './head-program.ts';
import { type Parameter, groupsOf } from './parameters.ts';
import { badStack, needRoom } from './problem.ts';
import { graphOf, variableOf } from './program.ts';
import type { Attention, Stack } from './stack.ts';

/** A number read off a profile with its derivative by the profile; undefined where it has none. */
export type Functional = (profile: Float64Array) => { readonly value: number; readonly by: Float64Array } | undefined;

export interface Gradient {
  readonly value: number;
  readonly profile: Float64Array;
  /** In the order of the parameters that were asked for. */
  readonly by: Float64Array;
}

/** How soft the edge of a relaxed window is, in positions. */
export const softness = 0.25;

/** Compiled once; for any number of stacks. Undefined where the number has no derivative. */
export type GradientOf = (stack: Stack, query: number, functional: Functional, parameters: readonly Parameter[]) => Gradient | undefined;

/**
 * Derivatives with hard windows, or with relaxed ones: then value and profile are those of the relaxed stack, and widths
 * have derivatives; elsewhere their derivative is NaN.
 */
export function newGradient(windows: 'hard' | 'relaxed' = 'hard'): GradientOf {
  const layer = newLayerDerivatives();
  const programs = new Map<string, HeadProgram>();
  const programOf = ({ positions, masks }: Attention, head: number): HeadProgram => {
    const isRelaxed = windows === 'relaxed' && masks[head]!.kind === 'window';
    const key = `${positions.kind} ${positions.kind === 'rope' ? positions.dimension : ''} ${isRelaxed}`;
    const program = programs.get(key) ?? newHeadProgram(positions, isRelaxed);
    programs.set(key, program);
    return program;
  };
  return (stack, query, functional, parameters) => {
    const n = stack.length;
    needRoom(2 * groupsOf(stack).length * n * n, `two arrays of ${n} × ${n} for each of ${groupsOf(stack).length} different layers`);
    const groups = groupsOf(stack);
    const constants = constantsOf(n);
    const isRelaxed = windows === 'relaxed';
    const valuesOf = (group: Attention, head: number): HeadValues => headValues(group, head, n, isRelaxed, constants);
    const mixings = groups.map((group) => (isRelaxed ? relaxedMean(group, n, (head) => programOf(group, head).attention(valuesOf(group, head)).A.data) : averaged(group, n)));
    if (mixings.some((A) => !A.every(Number.isFinite))) throw badStack('positions', 'the scores of a row are too far apart to be derived', { needed: 'scores that differ by less than about 700', help: 'raise the temperature or lower the slopes' });
    const rows = [unit(query, n)];
    for (let t = stack.residual.length - 1; t >= 0; t--) rows.push(layer.forward({ r: rows.at(-1)!, A: square(mixings[groups.indexOf(stack.attention[t]!)]!, n), share: stack.residual[t]! }).out.data as Float64Array<ArrayBuffer>);
    const profile = rows.at(-1)!;
    const at = functional(profile);
    if (!at) return undefined;
    const byResidual = new Float64Array(stack.residual.length);
    const byMixing = mixings.map((A) => new Float64Array(A.length));
    let g = at.by;
    for (let t = 0; t < stack.residual.length; t++) {
      const group = groups.indexOf(stack.attention[t]!);
      const found = layer.backward({ r: rows[stack.residual.length - 1 - t]!, A: square(mixings[group]!, n), share: stack.residual[t]!, g });
      byResidual[t] = found.share.data[0]!;
      found.A.data.forEach((x, k) => (byMixing[group]![k]! += x));
      g = found.r.data as Float64Array;
    }
    // What each head has of it, only where a parameter asks.
    const known = new Map<string, Record<string, Float64Array>>();
    const ofHead = (group: number, head: number): Record<string, Float64Array> => {
      const key = `${group} ${head}`;
      const found = known.get(key) ?? derivativesOf(groups[group]!, head, byMixing[group]!, n, programOf, valuesOf);
      known.set(key, found);
      return found;
    };
    const total = (group: number, name: string): number => groups[group]!.headWeights.reduce((sum, w, head) => (w === 0 ? sum : sum + w * (ofHead(group, head)[name]?.[0] ?? NaN)), 0);
    const one = (p: Parameter): number => {
      switch (p.kind) {
        case 'residual':
          return byResidual[p.layer]!;
        case 'head weight':
          return groups.reduce((sum, _, group) => sum + ofHead(group, p.head)['dot']![0]!, 0);
        case 'temperature':
          return total(p.group, 'temperature');
        case 'rope base':
          return total(p.group, 'base');
        case 'bias':
          return groups[p.group]!.headWeights[p.head]! * (ofHead(p.group, p.head)['bias']?.[p.distance] ?? NaN);
        default:
          return groups[p.group]!.headWeights[p.head]! * (ofHead(p.group, p.head)[inText[p.kind]]?.[0] ?? NaN);
      }
    };
    return { value: at.value, profile, by: Float64Array.from(parameters, one) };
  };
}

const inText = { slope: 'slope', diagonal: 'own', window: 'width' } as const;

interface LayerDerivatives {
  readonly forward: CompiledMany<'out'>;
  readonly backward: CompiledMany<'r' | 'share' | 'A'>;
}

function newLayerDerivatives(): LayerDerivatives {
  const declare = 'r: vector(n)\ng: vector(n)\nA: matrix(n, n)\nshare: scalar';
  const text = "(1-share)*r + share*(A'*r)";
  const of = graphOf(`g'*(${text})`, declare);
  const [r, share, A] = gradients(of, ['r', 'share', 'A'].map((name) => variableOf(of, name)));
  return { forward: compile({ out: graphOf(text, declare) }), backward: compile({ r: must(r), share: must(share), A: must(A) }) };
}

function derivativesOf(group: Attention, head: number, G: Float64Array, n: number, programOf: (group: Attention, head: number) => HeadProgram, valuesOf: (group: Attention, head: number) => HeadValues): Record<string, Float64Array> {
  if (group.positions.kind === 'attention') return { dot: Float64Array.of(group.positions.heads[head]!.reduce((sum, x, k) => sum + x * G[k]!, 0)) };
  const { derivatives, by } = programOf(group, head);
  const found = derivatives({ ...valuesOf(group, head), G: square(G, n) });
  const named = Object.fromEntries(['dot', ...by].map((name) => [name, found[name]!.data as Float64Array]));
  const bias = named['Bias'];
  if (!bias || group.positions.kind !== 'table') return named;
  // A table is read by distance; its derivative collects what was read from each entry.
  const last = group.positions.bias[head]!.length - 1;
  const binned = new Float64Array(last + 1);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) binned[Math.min(Math.abs(i - j), last)]! += bias[i * n + j]!;
  return { ...named, bias: binned };
}

type HeadValues = Readonly<Record<string, number | Square>>;

interface Constants {
  readonly D: Square;
  readonly I: Square;
}

function constantsOf(n: number): Constants {
  const filled = (of: (i: number, j: number) => number): Square => square(Float64Array.from({ length: n * n }, (_, k) => of(Math.floor(k / n), k % n)), n);
  return { D: filled((i, j) => Math.abs(i - j)), I: filled((i, j) => (i === j ? 1 : 0)) };
}

function headValues(group: Attention, head: number, n: number, isRelaxed: boolean, { D, I }: Constants): HeadValues {
  const { positions, masks, diagonal, temperature } = group;
  const mask = masks[head]!;
  const table = positions.kind === 'table' ? positions.bias[head]! : undefined;
  return {
    D,
    I,
    // A relaxed window reaches back softly, and never forward.
    M: square(allowedMatrix(isRelaxed && mask.kind === 'window' ? { kind: 'causal' } : mask, n), n),
    ...(table && { Bias: square(D.data.map((distance) => table[Math.min(distance, table.length - 1)]!), n) }),
    slope: positions.kind === 'alibi' ? positions.slopes[head]! : 0,
    base: positions.kind === 'rope' ? positions.base : 1,
    own: diagonal[head]!,
    temperature,
    top: scoresByDistance(group, head, n).reduce((a, b) => Math.max(a, b)),
    width: mask.kind === 'window' ? mask.width : 0,
    softness,
  };
}

interface Square {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

function square(data: Float64Array, n: number): Square {
  return { shape: [n, n], data };
}

function unit(query: number, n: number): Float64Array<ArrayBuffer> {
  const e = new Float64Array(n);
  e[query] = 1;
  return e;
}

/** The average over heads whose windows have soft edges. */
function relaxedMean(group: Attention, n: number, attentionOf: (head: number) => ArrayLike<number>): Float64Array {
  if (group.positions.kind === 'attention') return averaged(group, n);
  const out = new Float64Array(n * n);
  group.headWeights.forEach((w, head) => {
    const A = attentionOf(head);
    for (let k = 0; k < out.length; k++) out[k]! += w * A[k]!;
  });
  return out;
}
