// Functions that are only declared have derivatives, but no values.

import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import type { Expr } from '../ir/expr.ts';
import { postorder } from '../ir/walk.ts';
import { userOp } from '../ops/scalar/user.ts';

/** Throws when an expression needs the value of a declared function. */
export function needValues(roots: readonly Expr[]): void {
  const problems = withoutValues(roots, 'error');
  if (problems.length > 0) throw new RicciError(problems);
}

/** One diagnostic for each declared function. */
export function withoutValues(roots: readonly Expr[], severity: 'error' | 'notice'): Diagnostic[] {
  const names = new Set(postorder(roots).flatMap((e) => (e.kind === 'apply' && e.op === userOp.name ? [String(e.params[0])] : [])));
  return [...names].map((name) => ({
    code: 'value-missing',
    severity,
    message: `the function ${name} has no values`,
    span: [0, 0],
    needed: 'functions that ricci can evaluate',
    found: `${name}, which is only declared`,
    help: `write what ${name} is, or take the derivative as text or code`,
  }));
}
