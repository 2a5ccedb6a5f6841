// What every format of an export can write.

import type { Shown } from './shown.ts';

/** How a format writes each kind of block. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly formula: (formula: Shown) => string;
  readonly rows: (rows: readonly (readonly [string, string])[]) => string;
  readonly code: (text: string, language: string) => string;
}
