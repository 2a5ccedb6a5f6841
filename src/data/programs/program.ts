// Linear and quadratic programs as files state them: named columns and rows, with numbers.

import { badContent, badFile } from '../problem.ts';

/** minimise (or maximise) cᵀx + ½ xᵀQx + constant, rows and columns within their bounds. */
export interface NumericProgram {
  readonly name: string;
  readonly sense: 'min' | 'max';
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  readonly cost: Float64Array;
  readonly constant: number;
  /** Entries of Q with row ≥ column, one for each place. */
  readonly quadratic: readonly Entry[];
  readonly entries: readonly Entry[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
}

export type Entry = readonly [row: number, col: number, value: number];

/** Collects a program while a file is read. Places that are given twice add up. */
export class ProgramBuilder {
  readonly file: string;
  name = '';
  sense: 'min' | 'max' = 'min';
  constant = 0;
  readonly #columns = new Map<string, number>();
  readonly #rows = new Map<string, number>();
  readonly cost: number[] = [];
  readonly lower: number[] = [];
  readonly upper: number[] = [];
  readonly rowLower: number[] = [];
  readonly rowUpper: number[] = [];
  readonly entries: Entry[] = [];
  readonly #quadratic = new Map<number, Map<number, number>>();

  constructor(file: string) {
    this.file = file;
  }

  /** The column of this name, made with bounds 0 and ∞ at its first mention. */
  column(name: string): number {
    const found = this.#columns.get(name);
    if (found !== undefined) return found;
    this.#columns.set(name, this.cost.length);
    this.lower.push(0);
    this.upper.push(Infinity);
    return this.cost.push(0) - 1;
  }

  knownColumn(name: string): number | undefined {
    return this.#columns.get(name);
  }

  row(name: string, lower: number, upper: number): number {
    this.#rows.set(name, this.rowLower.length);
    this.rowUpper.push(upper);
    return this.rowLower.push(lower) - 1;
  }

  knownRow(name: string): number | undefined {
    return this.#rows.get(name);
  }

  /** Adds to Q at (i, j), which stands for (j, i) too. */
  quadratic(i: number, j: number, value: number): void {
    const [row, col] = i >= j ? [i, j] : [j, i];
    const list = this.#quadratic.get(row) ?? new Map<number, number>();
    list.set(col, (list.get(col) ?? 0) + value);
    this.#quadratic.set(row, list);
  }

  /** Throws with the line. */
  wrong(line: number, message: string, needed: string, found: string, help: string): never {
    throw badFile(this.file, message, { at: `line ${line}`, needed, found, help });
  }

  unsupported(line: number, message: string, help: string): never {
    throw badContent(this.file, message, { at: `line ${line}`, help });
  }

  number(text: string | undefined, line: number): number {
    const lowered = text?.toLowerCase() ?? '';
    const infinite = /^([+-]?)inf(?:inity)?$/.exec(lowered);
    const value = infinite ? (infinite[1] === '-' ? -Infinity : Infinity) : Number(lowered.replace('d', 'e'));
    if (lowered === '' || Number.isNaN(value)) this.wrong(line, 'this is not a number', 'a number', text ?? 'nothing', 'write a number such as -1.5 or 2e-3');
    return Math.abs(value) >= 1e30 ? Math.sign(value) * Infinity : value;
  }

  finish(): NumericProgram {
    if (this.cost.length === 0) throw badFile(this.file, 'the program has no variables', { needed: 'columns', found: 'none', help: 'check that the file is whole' });
    return {
      name: this.name,
      sense: this.sense,
      columns: [...this.#columns.keys()],
      rows: [...this.#rows.keys()],
      cost: Float64Array.from(this.cost),
      constant: this.constant,
      quadratic: [...this.#quadratic].flatMap(([row, list]) => [...list].map(([col, value]): Entry => [row, col, value])),
      entries: this.entries,
      lower: Float64Array.from(this.lower),
      upper: Float64Array.from(this.upper),
      rowLower: Float64Array.from(this.rowLower),
      rowUpper: Float64Array.from(this.rowUpper),
    };
  }
}
