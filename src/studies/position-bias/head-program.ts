// The attention of one head in the language, as a function of its parameters, and its derivatives from the engine.
//
//     A[i,j] = e^(S[i,j]) m[i,j] / Σ_k e^(S[i,k]) m[i,k],   S = (scores by distance D + diagonal·I) / temperature
//
// A window has no derivative by its width. Its relaxation has: m = allowed · sigmoid((width − 1/2 − D) / softness).

import { gradients } from '../../diff/differentiate.ts';
import type { Expr } from '../../ir/expr.ts';
import { type CompiledMany, compile } from '../../run/compile.ts';
import { graphOf, variableOf } from './program.ts';
import type { Positions } from './stack.ts';

const declare = `D: matrix(n, n)
I: matrix(n, n)
M: matrix(n, n)
G: matrix(n, n)
Bias: matrix(n, n)
slope: scalar
base: scalar positive
own: scalar
temperature: scalar positive
width: scalar
softness: scalar positive
top: scalar`;

/** Names of what a head of this kind is derived by, as in the text. */
const bySelf: Readonly<Record<Positions['kind'], readonly string[]>> = { none: [], alibi: ['slope'], rope: ['base'], table: ['Bias'], attention: [] };

export function headText(positions: Positions, isRelaxed: boolean): string {
  const scores = scoreText(positions);
  const mask = isRelaxed ? 'M.*sigmoid(((width-0.5)*matrix(1)-D)/softness)' : 'M';
  // `top` is a constant: softmax does not see it, and the exponentials stay in range.
  const weight = `(exp((${scores}own*I)/temperature - top*matrix(1)).*${mask})`;
  return `#('ij,i->ij', ${weight}, rowsum(${weight}).^(-1))`;
}

function scoreText(positions: Positions): string {
  switch (positions.kind) {
    case 'alibi':
      return '-slope*D + ';
    case 'rope':
      return Array.from({ length: positions.dimension / 2 }, (_, f) => (f === 0 ? 'cos(D) + ' : `cos(base^(-${f / (positions.dimension / 2)})*D) + `)).join('');
    case 'table':
      return 'Bias + ';
    default:
      return '';
  }
}

/** A, and derivatives of sum(G.*A) by name: `own`, `temperature`, and what the kind and the relaxation add. */
export interface HeadProgram {
  readonly attention: CompiledMany<'A'>;
  readonly derivatives: CompiledMany;
  readonly by: readonly string[];
}

export function newHeadProgram(positions: Positions, isRelaxed: boolean): HeadProgram {
  const text = headText(positions, isRelaxed);
  const of = graphOf(`sum(G.*${text})`, declare);
  // The derivative by `base` is left out where all frequencies are 1.
  const by = ['own', 'temperature', ...bySelf[positions.kind], ...(isRelaxed ? ['width'] : [])].filter((name) => name !== 'base' || (positions.kind === 'rope' && positions.dimension > 2));
  const found = gradients(of, by.map((name) => variableOf(of, name)));
  const roots: Record<string, Expr> = { dot: of, ...Object.fromEntries(by.map((name, i) => [name, found[i]!])) };
  return { attention: compile({ A: graphOf(text, declare) }), derivatives: compile(roots), by };
}
