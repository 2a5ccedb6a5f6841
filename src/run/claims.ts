// Whether numbers have the facts that were declared of them.

import type { Csr } from '../base/csr.ts';
import type { Diagnostic, Severity, Span } from '../base/diagnostic.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { Fact, Facts } from '../ir/fact.ts';
import { type Dense, dense } from '../ops/reference/dense.ts';
import { symmetricEigen } from '../ops/reference/symmetric-eigen.ts';

export function claimsNothing({ has, above, below }: Facts): boolean {
  return has.size === 0 && above === undefined && below === undefined;
}

/** Tests that know a quicker way with large arrays. */
export interface MatrixTests {
  readonly isSymmetric: () => boolean;
  /** Of the numbers, or of their negatives. */
  readonly isSemidefinite: (sign: 1 | -1) => boolean;
}

// Relative to the largest entry.
const tolerance = 1e-9;

/** The first declared fact that the numbers do not have, in words of the language. Of sparse numbers those that are kept are looked at. */
export function brokenClaim({ has, above, below }: Facts, value: Dense & { readonly sparse?: Csr }, by: MatrixTests = plainTests(value)): string | undefined {
  const { sparse } = value;
  const numbers = sparse?.values ?? value.data;
  const isFull = !sparse || numbers.length === sparse.rows * sparse.cols;
  const all = (test: (x: number) => boolean): boolean => numbers.every((x) => test(x)) && (isFull || test(0));
  const entries = (test: (i: number, j: number) => boolean): boolean => {
    const [n = 0, m = 0] = value.shape;
    for (let i = 0; i < n; i++) {
      const [from, to] = sparse ? [sparse.indptr[i]!, sparse.indptr[i + 1]!] : [i * m, (i + 1) * m];
      for (let k = from; k < to; k++) if (numbers[k] !== 0 && !test(i, sparse ? sparse.indices[k]! : k - from)) return false;
    }
    return true;
  };
  const tests: readonly (readonly [Fact, () => boolean])[] = [
    ['symmetric', by.isSymmetric],
    ['psd', () => by.isSemidefinite(1)],
    ['nsd', () => by.isSemidefinite(-1)],
    ['diagonal', () => entries((i, j) => i === j)],
    ['lower', () => entries((i, j) => i >= j)],
    ['upper', () => entries((i, j) => i <= j)],
    ['positive', () => all((x) => x > 0)],
    ['nonnegative', () => all((x) => x >= 0)],
    ['negative', () => all((x) => x < 0)],
    ['nonpositive', () => all((x) => x <= 0)],
    ['simplex', () => Math.abs(numbers.reduce((a, b) => a + b, 0) - 1) <= tolerance],
    ['unit', () => Math.abs(Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0)) - 1) <= tolerance],
  ];
  const broken = tests.find(([fact, holds]) => has.has(fact) && !holds())?.[0];
  const isOutside = (above !== undefined && !all((x) => x >= above)) || (below !== undefined && !all((x) => x <= below));
  return broken ?? (isOutside ? `in (${above ?? '-inf'}, ${below ?? 'inf'})` : undefined);
}

function plainTests({ shape, data }: Dense): MatrixTests {
  const [n = 0] = shape;
  const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return {
    isSymmetric: () => isMirrored(data, n, tolerance * scale),
    isSemidefinite: (sign) => symmetricEigen(dense(shape, data)).values.data.every((x) => sign * x >= -tolerance * n * scale),
  };
}

/** Whether a matrix is its own transpose. By tiles, so that both sides of the diagonal are read where they lie. */
export function isMirrored(data: Float64Array, n: number, most: number): boolean {
  const tile = 32;
  for (let top = 0; top < n; top += tile) {
    for (let left = 0; left <= top; left += tile) {
      for (let i = top; i < Math.min(n, top + tile); i++) {
        for (let j = left; j < Math.min(i, left + tile); j++) if (!(Math.abs(data[i * n + j]! - data[j * n + i]!) <= most)) return false;
      }
    }
  }
  return true;
}

export function contradicts(name: string, claim: string, severity: Severity, span: Span = [0, 0]): Diagnostic {
  return { code: 'data-contradict', severity, message: `${name} is declared ${claim}, but its numbers are not`, span, needed: `numbers that are ${claim}`, help: `correct the data, or leave ${claim} out` };
}

/** What is declared and not so: derivatives and simplified forms hold for what is declared. */
export function contradicted(variables: readonly VariableNode[], values: ReadonlyMap<string, Dense>): Diagnostic[] {
  return variables.flatMap(({ name, facts }) => {
    const value = values.get(name);
    const claim = value && !claimsNothing(facts) ? brokenClaim(facts, value) : undefined;
    return claim === undefined ? [] : [contradicts(name, claim, 'warning')];
  });
}
