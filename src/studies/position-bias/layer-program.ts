// A pre-norm attention layer in the language, and what the engine derives from it:
//
//     Y = X + Σ_h A_h(X)·N(X)·V_h·O_h,   N = rows of X with mean 0 and variance 1,
//     A_h = softmax over the allowed positions of scale·(N·Q_h)(N·K_h)ᵀ + B_h, with queries and keys turned by R (RoPE)
//
// Derivatives come from the engine: products of many cotangents with the Jacobian of one layer, so that the blocks of one
// query cost d·n·d numbers and never n²·d².

import { vjp } from '../../diff/differentiate.ts';
import { type Dim, dim } from '../../ir/dim.ts';
import { type Expr, variable } from '../../ir/expr.ts';
import { rewriteUp } from '../../ir/walk.ts';
import { type CompiledMany, compile } from '../../run/compile.ts';
import { graphOf, variableOf } from './program.ts';

const declare = `X: matrix(n, d)
Q: tensor(h, d, k)
K: tensor(h, d, k)
V: tensor(h, d, v)
O: tensor(h, v, d)
R: tensor(n, k, k)
B: tensor(h, n, n)
M: tensor(h, n, n)
A: tensor(h, n, n)
scale: scalar`;

const centred = "(X - rowmean(X)*vector(1)')";
/** 1/std of every row; the constant under the root is the usual 1e-5. */
const inverseDeviation = `((rowmean(${centred}.^2) + 1e-5*vector(1)).^(-0.5))`;
const normed = `#('id,i->id', ${centred}, ${inverseDeviation})`;

/** The text of the attention and of the layer, for rotary positions or none. */
export interface LayerText {
  readonly attention: string;
  /** With the attention as a function of X. */
  readonly full: string;
  /** With the attention as a constant A. */
  readonly frozen: string;
}

export function layerText(isRotary: boolean): LayerText {
  const project = (weights: string): string => (isRotary ? `#('ilk,hik->hil', R, #('id,hdk->hik', ${normed}, ${weights}))` : `#('id,hdk->hik', ${normed}, ${weights})`);
  const weight = `#('hij,hij->hij', exp(scale*#('hik,hjk->hij', ${project('Q')}, ${project('K')}) + B), M)`;
  const attention = `#('hij,hi->hij', ${weight}, #('hij->hi', ${weight}).^(-1))`;
  return { attention, full: `X + ${read(attention)}`, frozen: `X + ${read('A')}` };
}

function read(attention: string): string {
  return `#('hij,jd,hdv,hve->ie', ${attention}, ${normed}, V, O)`;
}

/** Compiled once for any sizes. */
export interface LayerProgram {
  /** A as a function of X. */
  readonly attention: CompiledMany<'A'>;
  /** Y, what attention adds, and 1/std, for a given A. */
  readonly forward: CompiledMany<'Y' | 'added' | 'inverse'>;
  /** Cotangents G (r × n × d) through the layer, with the softmax path. */
  readonly full: CompiledMany<'G'>;
  /** The same with the attention held fixed. */
  readonly frozen: CompiledMany<'G'>;
  /** Squared Frobenius norms of the blocks that the value path adds, n × n; J has the unit vectors of every row. */
  readonly blocks: CompiledMany<'squares'>;
}

export function newLayerProgram(isRotary: boolean): LayerProgram {
  const text = layerText(isRotary);
  const [full, frozen, norm] = [text.full, text.frozen, normed].map((one) => graphOf(one, declare)) as [Expr, Expr, Expr];
  const pulled = (of: Expr, name: string, count: Dim): Expr => vjp(of, variableOf(of, 'X'), variable(name, [count, ...of.shape]));
  return {
    attention: compile({ A: graphOf(text.attention, declare) }),
    forward: compile({ Y: frozen, added: graphOf(read('A'), declare), inverse: graphOf(inverseDeviation, declare) }),
    full: compile({ G: pulled(full, 'G', dim('r')) }),
    frozen: compile({ G: pulled(frozen, 'G', dim('r')) }),
    blocks: compile({ squares: blockSquares(pulled(norm, 'J', norm.shape[1]!)) }),
  };
}

/** |Σ_h A_h[i,j]·∂(N·V_h·O_h)_j/∂x_j|² for all i, j: the block (i, j) needs only the products of pairs of heads at j. */
function blockSquares(normJacobian: Expr): Expr {
  const text = "#('hij,gij,jhg->ij', A, A, #('hjea,gjea->jhg', #('hdv,hve,dja->hjea', V, O, D), #('hdv,hve,dja->hjea', V, O, D)))";
  const outer = graphOf(text, `${declare}\nD: tensor(d, n, d)`);
  return substituted(outer, variableOf(outer, 'D'), normJacobian);
}

function substituted(e: Expr, from: Expr, to: Expr): Expr {
  return rewriteUp(e, (node) => (node === from ? to : node));
}
