// Sums that index notation leaves unwritten. A label that is to be summed is summed in the smallest term that contains
// every place where it stands. With a left side these are the labels absent on it, without one those that stand twice.

import type { Diagnostic } from '../base/diagnostic.ts';
import { error } from './codes.ts';
import { type Statement, type Syntax, partsOf } from './syntax.ts';

export interface ImplicitSums {
  /** At which part which labels are summed. */
  readonly at: ReadonlyMap<Syntax, readonly string[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** A term: the whole, an operand of a sum, or what stands inside a function, a power or a denominator. */
interface Scope {
  readonly term: Syntax;
  readonly parent: Scope | undefined;
  readonly depth: number;
  /** False below a function, a power or a denominator. */
  readonly linear: boolean;
}

interface Place {
  readonly scope: Scope;
  readonly span: Syntax['span'];
}

export function implicitSums(statement: Statement, text: string): ImplicitSums {
  const at = new Map<Syntax, string[]>();
  const diagnostics: Diagnostic[] = [];
  const counted = new Map<Syntax, Counts>();
  const kept = statement.target ? new Set(statement.target.labels.map((l) => l.name)) : undefined;

  // Each top-level term has its own labels.
  const terms = statement.value.kind === 'sum' ? statement.value.terms.map((t) => t.arg) : [statement.value];
  for (const term of terms) close(term);
  return { at, diagnostics };

  function close(term: Syntax): void {
    const places = new Map<string, Place[]>();
    gather(term, { term, parent: undefined, depth: 0, linear: true }, new Set(), places);
    for (const [label, list] of places) {
      if (kept?.has(label)) continue;
      const scope = list.map((p) => p.scope).reduce(meet);
      const times = countsIn(scope.term, counted).get(label) ?? 0;
      if (!kept && times < 2) continue;
      if (!kept && times > 2) {
        diagnostics.push(thrice(label, list, text, term));
        continue;
      }
      if (!scope.linear && times > 1) {
        diagnostics.push(inside(label, scope, text));
        continue;
      }
      const where = outermost(scope).term;
      at.set(where, [...(at.get(where) ?? []), label]);
    }
  }

  function gather(s: Syntax, scope: Scope, bound: ReadonlySet<string>, places: Map<string, Place[]>): void {
    const below = (term: Syntax, linear: boolean): Scope => ({
      term,
      parent: scope,
      depth: scope.depth + 1,
      linear: scope.linear && linear,
    });
    switch (s.kind) {
      case 'index':
        for (const item of s.items) {
          if (item.kind !== 'label' || bound.has(item.name)) continue;
          places.set(item.name, [...(places.get(item.name) ?? []), { scope, span: item.span }]);
        }
        return gather(s.arg, scope, bound, places);
      case 'sum':
        for (const { arg } of s.terms) gather(arg, s.terms.length === 1 ? scope : below(arg, true), bound, places);
        return;
      case 'total':
        return gather(s.arg, below(s.arg, true), new Set([...bound, ...s.labels.map((l) => l.name)]), places);
      case 'product':
        gather(s.first, scope, bound, places);
        for (const { op, arg } of s.rest)
          gather(arg, op === '/' || op === './' ? nonlinear(arg, below, scope) : scope, bound, places);
        return;
      case 'power':
        gather(s.base, nonlinear(s.base, below, scope), bound, places);
        return gather(s.exponent, nonlinear(s.exponent, below, scope), bound, places);
      case 'call':
      case 'einsum':
      case 'block':
        for (const arg of partsOf(s)) gather(arg, below(arg, false), bound, places);
        return;
      case 'transpose':
        return gather(s.arg, scope, bound, places);
      case 'number':
      case 'name':
      case 'missing':
        return;
    }
  }
}

/** `x[i]^2` and `1/x[i]` stay in their term: only a product or a sum could hide a sum of its own. */
function nonlinear(arg: Syntax, below: (term: Syntax, linear: boolean) => Scope, scope: Scope): Scope {
  return arg.kind === 'product' || arg.kind === 'sum' ? below(arg, false) : scope;
}

function meet(a: Scope, b: Scope): Scope {
  let [x, y]: [Scope | undefined, Scope | undefined] = [a, b];
  while (x !== y && x && y) {
    if (x.depth >= y.depth) x = x.parent;
    else y = y.parent;
  }
  return x ?? a;
}

/** Sums inside functions are written out, so an unwritten one stands outside of them. */
function outermost(scope: Scope): Scope {
  let s = scope;
  while (!s.linear && s.parent) s = s.parent;
  return s;
}

type Counts = ReadonlyMap<string, number>;

/** How often each label stands in one product of the term. */
function countsIn(s: Syntax, known: Map<Syntax, Counts>): Counts {
  const before = known.get(s);
  if (before) return before;
  const parts = partsOf(s).map((p) => countsIn(p, known));
  const counts = new Map<string, number>();
  // Factors stand together; other parts are alternatives, of which the largest counts.
  for (const part of parts) {
    for (const [label, n] of part) {
      const so = counts.get(label) ?? 0;
      counts.set(label, s.kind === 'product' ? so + n : Math.max(so, n));
    }
  }
  if (s.kind === 'index') {
    for (const item of s.items) if (item.kind === 'label') counts.set(item.name, (counts.get(item.name) ?? 0) + 1);
  }
  if (s.kind === 'total') for (const { name } of s.labels) counts.delete(name);
  known.set(s, counts);
  return counts;
}

function thrice(label: string, list: readonly Place[], text: string, term: Syntax): Diagnostic {
  const shown = text.slice(...term.span);
  const where = list.at(-1)?.span ?? term.span;
  return error('index-three-times', where, `the index ${label} stands more than twice in one term`, {
    needed: 'an index once (free) or twice (summed)',
    help: `write sum[${label}](${shown}) for the sum, or y[${label}] = ${shown} for the vector`,
  });
}

function inside(label: string, scope: Scope, text: string): Diagnostic {
  const shown = text.slice(...scope.term.span);
  return error(
    'index-inside-function',
    scope.term.span,
    `the sum over ${label} inside a function, a power or a denominator must be written out`,
    {
      needed: `sum[${label}](…)`,
      found: shown,
      help: `write sum[${label}](${shown}) here, or put sum[${label}](…) around the whole term`,
    },
  );
}
