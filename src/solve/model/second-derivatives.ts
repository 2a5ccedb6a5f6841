// Second derivatives of scalars by variables. Those of functions that differ in the names of what is given, as the posynomials
// of a geometric program do, are made once.

import { type Expr, type VariableNode, contextCache } from '../../ir/expr.ts';
import { once } from '../../base/once.ts';
import { isZero } from '../../ir/rational.ts';
import { variables as variablesOf } from '../../ir/walk.ts';
import { type Nameless, covers, glance, inNamesOf, withoutNames } from '../../certify/alike.ts';
import { type Blocks, plainDerivative } from './derivatives.ts';
import { later } from './later.ts';

interface Asked {
  readonly of: Expr;
  readonly by: readonly VariableNode[];
  readonly glance: () => string;
  readonly nameless: () => Nameless | undefined;
  readonly blocks: () => Blocks;
}

const cache = contextCache((): Asked[] => []);

/**
 * ∂²f/∂by[k]∂by[l] for l ≤ k of a scalar, from its gradient; made when they are first asked for, and then of the first of
 * those functions that differ in names alone, of whose given no more is known.
 */
export function secondDerivatives(of: Expr, gradient: () => readonly Expr[], by: readonly VariableNode[]): () => Blocks {
  const all = cache();
  const known = all.find((a) => a.of === of && hasSame(a.by, by));
  if (known) return known.blocks;
  const made = (): Blocks => gradient().map((g, k) => by.slice(0, k + 1).map((v) => (variablesOf([g]).includes(v) ? nonZero(plainDerivative(g, v)) : undefined)));
  const found = (): Blocks => {
    const near = all.length > 1 ? all.filter((a) => hasSame(a.by, by) && a.glance() === own.glance()) : [];
    const mine = near.length > 1 ? own.nameless() : undefined;
    for (const other of mine ? near : []) {
      if (other === own) break;
      const theirs = other.nameless();
      if (mine && theirs && covers(theirs, mine)) return other.blocks().map((row) => row.map((e) => e && inNamesOf(e, theirs, mine)));
    }
    return made();
  };
  const own: Asked = { of, by, glance: once(() => glance(of)), nameless: later(() => withoutNames(of, by)), blocks: later(found) };
  all.push(own);
  return own.blocks;
}

function hasSame(a: readonly VariableNode[], b: readonly VariableNode[]): boolean {
  return a.length === b.length && a.every((v, k) => v === b[k]);
}

export function nonZero(e: Expr): Expr | undefined {
  return e.kind === 'number' && isZero(e.value) ? undefined : e;
}
