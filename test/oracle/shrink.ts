// The smallest expression that still fails in the same way.

import { type Tree, size, smaller, textOf } from './tree.ts';
import { leaf } from './generate.ts';
import { must } from '../../src/base/internal.ts';

/** `fails` says whether a tree still fails; `milliseconds` bounds the search. */
export function shrink(t: Tree, fails: (t: Tree) => boolean, milliseconds = 10_000): Tree {
  const end = performance.now() + milliseconds;
  let best = t;
  for (let progress = true; progress;) {
    progress = false;
    const seen = new Set<string>();
    for (const candidate of [...smaller(best), ...withLeaves(best)]) {
      if (performance.now() > end) return best;
      const text = textOf(candidate);
      if (seen.has(text)) continue;
      seen.add(text);
      if (!fails(candidate)) continue;
      best = candidate;
      progress = true;
      break;
    }
  }
  return best;
}

/** Each compound part replaced by a variable of its type, the largest first. */
function withLeaves(t: Tree): Tree[] {
  const found: { tree: Tree; saved: number }[] = [];
  const visit = (u: Tree, put: (v: Tree) => Tree): void => {
    if (u.parts.length > 0) found.push({ tree: put(leaf(u.type, u.claim, `Z${found.length}`)), saved: size(u) });
    u.parts.forEach((p, i) => visit(p, (v) => put({ ...u, parts: u.parts.with(i, v) })));
  };
  t.parts.forEach((p, i) => visit(p, (v) => ({ ...t, parts: t.parts.with(i, v) })));
  return found.sort((a, b) => b.saved - a.saved).map((f) => must(f).tree);
}
