// A chain of transformer blocks as a graph: the test that derivatives stay as small as the function.

import { add, total, times, transpose } from '../src/ir/build.ts';
import { dim } from '../src/ir/dim.ts';
import { type Expr, type VariableNode, einsum, variable } from '../src/ir/expr.ts';
import { must } from '../src/base/internal.ts';
import { functionNamed } from '../src/ops/table.ts';

export interface Chain {
  readonly loss: Expr;
  readonly weights: readonly VariableNode[];
}

const [n, d, h] = [dim('n'), dim('d'), dim('h')];

/** `depth` blocks X + softmax(X Q (X K)') X V O, then X + relu(X A) B; the loss is the sum of squares at the end. */
export function attentionChain(depth: number): Chain {
  const weights: VariableNode[] = [];
  const weight = (name: string, rows: typeof n, cols: typeof n): VariableNode => {
    const W = variable(name, [rows, cols]);
    weights.push(W);
    return W;
  };
  const mul = (A: Expr, B: Expr): Expr => einsum('ij,jk->ik', [A, B]);
  const call = (name: string, X: Expr): Expr => must(must(functionNamed(name)).forms[0]).build([X]);
  let X: Expr = variable('X', [n, d]);
  for (let layer = 1; layer <= depth; layer++) {
    const [Q, K, V, O] = ['Q', 'K', 'V', 'O'].map((name) => weight(`${name}${layer}`, d, d)) as [
      Expr,
      Expr,
      Expr,
      Expr,
    ];
    const scores = mul(mul(X, Q), transpose(mul(X, K)));
    X = add(X, mul(mul(call('softmaxrows', scores), mul(X, V)), O));
    const [A, B] = [weight(`A${layer}`, d, h), weight(`B${layer}`, h, d)];
    X = add(X, mul(call('relu', mul(X, A)), B));
  }
  return { loss: total(times(X, X)), weights };
}
