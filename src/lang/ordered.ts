// The order in which what is wrong with a text is said.

import type { Diagnostic } from '../base/diagnostic.ts';

export function hasError(list: readonly Diagnostic[]): boolean {
  return list.some((d) => d.severity === 'error');
}

/** Errors first, those of declarations before others, then by place; the same thing is said once. */
export function ordered(list: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  const rank = { error: 0, warning: 1, notice: 2 } as const;
  return list
    .filter((d) => {
      const key = `${d.code} ${d.message} ${d.severity === 'notice' ? '' : d.span.join('-')} ${d.source ?? ''}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort(
      (a, b) =>
        rank[a.severity] - rank[b.severity] || (a.source === b.source ? a.span[0] - b.span[0] : a.source ? -1 : 1),
    );
}
