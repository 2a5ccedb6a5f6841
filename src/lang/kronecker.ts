// A result of order four, out (i,j) by variable (k,l), as a matrix between vectorised matrices. Convention: vec stacks
// columns, so that A X B' has the derivative B ⊗ A, as in Magnus & Neudecker, ch. 2.

import { must } from '../base/internal.ts';
import {
  type NotationTree,
  type SignedTree,
  call,
  diagonalMatrix,
  kronecker,
  negate,
  product,
  quotient,
  sumTree,
  transposeOf,
  transposer,
} from './notation-tree.ts';

export const kroneckerConvention = 'the matrix that maps vec of the variable to vec of the result; vec stacks columns';

/** The Kronecker form, when every term of order four has one. */
export function kroneckerForm(t: NotationTree): NotationTree | undefined {
  if (t.stance !== 'tensor') return undefined;
  switch (t.kind) {
    case 'negate': {
      const inner = kroneckerForm(t.of);
      return inner && negate(inner);
    }
    case 'sum': {
      const terms: SignedTree[] = [];
      for (const s of t.terms) {
        const of = kroneckerForm(s.of);
        if (!of) return undefined;
        terms.push({ ...s, of });
      }
      return sumTree(terms, 'tensor');
    }
    case 'product': {
      const shaped = t.factors.filter((f) => f.stance !== 'scalar');
      const only = shaped.length === 1 ? kroneckerForm(must(shaped[0])) : undefined;
      return only && product([...t.factors.filter((f) => f.stance === 'scalar'), only]);
    }
    case 'quotient': {
      const over = t.elementWise || t.under.stance !== 'scalar' ? undefined : kroneckerForm(t.over);
      return over && quotient(over, t.under, false);
    }
    case 'einsum':
      return ofEinsum(t);
    default:
      return undefined;
  }
}

function ofEinsum({ operands, labels, out }: Extract<NotationTree, { kind: 'einsum' }>): NotationTree | undefined {
  const [i, j, k, l] = [...out];
  if (out.length !== 4 || i === undefined || j === undefined || k === undefined || l === undefined) return undefined;
  if (operands.length === 1 && i === k && j === l && i !== j) {
    const matrix = between(operands, labels, i, j);
    return matrix && diagonalMatrix(call('vec', [matrix], 'column'));
  }
  if (operands.length !== 2 || new Set(out).size !== 4) return undefined;
  const pair = (a: string, b: string, c: string, d: string): [NotationTree, NotationTree] | undefined => {
    const [first, second] = [between(operands, labels, a, b), between(operands, labels, c, d)];
    return first && second && [first, second];
  };
  const straight = pair(i, k, j, l);
  if (straight) return kronecker(straight[1], straight[0]);
  const crossed = pair(i, l, j, k);
  if (crossed) {
    if (crossed.every((t) => t.kind === 'identity')) return transposer();
    return product([kronecker(crossed[1], crossed[0]), transposer()]);
  }
  const apart = pair(i, j, k, l);
  return apart && product([call('vec', [apart[0]], 'column'), transposeOf(call('vec', [apart[1]], 'column'))]);
}

/** The operand on these two labels, with rows at the first. */
function between(
  operands: readonly NotationTree[],
  labels: readonly string[],
  a: string,
  b: string,
): NotationTree | undefined {
  const at = labels.findIndex((l) => l === a + b || l === b + a);
  if (at < 0) return undefined;
  const tree = must(operands[at]);
  return labels[at] === a + b ? tree : transposeOf(tree);
}
