// What the benchmark measures, as functions: also run once, without the clock, by the tests.

import { must } from '../src/base/internal.ts';
import { gradients } from '../src/diff/differentiate.ts';
import { inContext, newContext } from '../src/ir/expr.ts';
import { postorder } from '../src/ir/walk.ts';
import { indexText, toLatex, toText, write } from '../src/lang/write.ts';
import { derive } from '../src/pipeline.ts';
import { fastAll } from '../src/simplify/pipelines.ts';
import type { Case } from '../test/corpus.ts';
import { attentionChain } from './attention.ts';

/** Derived, simplified and printed, in a context of its own and without the numerical check. */
export function answer(c: Pick<Case, 'of' | 'by' | 'declare'>): string {
  return inContext(newContext(), () => {
    const d = derive(c.of, { by: c.by, declare: c.declare, points: 0 });
    const notation = write(d.shown, { orientation: d.orientation });
    return toText(notation) + toLatex(notation) + indexText(d.shown);
  });
}

/** A sum of different terms, of the kinds a model is made of. */
export function longSum(terms: number): Pick<Case, 'of' | 'by' | 'declare'> {
  const kinds = [
    (i: number) => `${i}*x'*A*x`,
    (i: number) => `norm2(A*x-${i}*y)^2`,
    (i: number) => `a${i}*y'*x`,
    (i: number) => `sum(log(vector(1)+exp(-${i}*y.*x)))`,
    (i: number) => `exp(b'*x/${i})`,
    (i: number) => `sum(x.^${i})`,
    (i: number) => `sin(${i}*x)'*y`,
    (i: number) => `x'*A${i}*y`,
  ];
  const numbers = Array.from({ length: terms }, (_, i) => i + 1);
  const matrices = numbers.filter((i) => i % kinds.length === 0).map((i) => `A${i}: matrix(n, n)`);
  return {
    of: numbers.map((i) => must(kinds[(i - 1) % kinds.length])(i)).join('+'),
    by: ['x'],
    declare: ['A: matrix(n, n)', 'x, y, b: vector(n)', ...matrices].join('\n'),
  };
}

export interface ChainSize {
  readonly depth: number;
  /** Nodes of the function alone, and of the function with its gradients by all weights. */
  readonly function: number;
  readonly gradients: number;
}

/** The gradient of a chain of attention blocks by all its weights, shared. */
export function attentionGradient(depth: number): ChainSize {
  return inContext(newContext(), () => {
    const { loss, weights } = attentionChain(depth);
    const [value, ...all] = fastAll([loss, ...gradients(loss, weights)]);
    return { depth, function: postorder([must(value)]).length, gradients: postorder([must(value), ...all]).length };
  });
}
