// Labels are plain names. `x[i+1]` beside `x[i]` would be a shifted label, which there is none.

import type { Diagnostic } from '../base/diagnostic.ts';
import { error } from './codes.ts';
import { type Statement, type Syntax, partsOf } from './syntax.ts';

export function indexArithmetic(statement: Statement): Diagnostic[] {
  const labels = new Set(statement.target?.labels.map((l) => l.name));
  const positions: Syntax[] = [];
  each(statement.value, (s) => {
    if (s.kind === 'total') for (const { name } of s.labels) labels.add(name);
    if (s.kind !== 'index') return;
    for (const item of s.items) {
      if (item.kind === 'label') labels.add(item.name);
      else if (item.kind === 'entry') positions.push(item.at);
      else positions.push(...[item.from, item.to].filter((end) => end !== undefined));
    }
  });
  return positions.flatMap((position) => {
    let label: string | undefined;
    each(position, (s) => {
      if (s.kind === 'name' && labels.has(s.name)) label ??= s.name;
    });
    if (label === undefined) return [];
    return [
      error('index-arithmetic', position.span, `${label} is an index here, and indices stand alone`, {
        needed: `${label}, a number or a size`,
        help: "shift with slices: x[1:end-1]'*x[2:end]",
      }),
    ];
  });
}

function each(root: Syntax, visit: (s: Syntax) => void): void {
  visit(root);
  for (const part of partsOf(root)) each(part, visit);
}
