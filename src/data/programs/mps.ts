// MPS files, fixed and free, with ranges, bounds, a sense and a quadratic objective.

import { type NumericProgram, ProgramBuilder } from './program.ts';

const sections = ['NAME', 'OBJSENSE', 'OBJSENSE MAX', 'OBJSENSE MIN', 'ROWS', 'COLUMNS', 'RHS', 'RANGES', 'BOUNDS', 'QUADOBJ', 'QMATRIX', 'QSECTION', 'ENDATA'];

/** Throws a `RicciError` with the line of what is wrong. The objective is the first row of kind N; others of that kind are left out. */
export function readMps(text: string, file: string): NumericProgram {
  const state = new MpsReader(file);
  let at = 0;
  for (let line = 1; at <= text.length && !state.isDone; line++) {
    const end = text.indexOf('\n', at);
    state.take(text.slice(at, end < 0 ? text.length : end).trimEnd(), line);
    at = end < 0 ? text.length + 1 : end + 1;
  }
  return state.finish();
}

class MpsReader {
  readonly #b: ProgramBuilder;
  #section = '';
  #objective: string | undefined;
  readonly #kinds = new Map<string, 'L' | 'G' | 'E'>();
  readonly #dropped = new Set<string>();
  readonly #lowerSet = new Set<number>();
  readonly #full = new Map<number, Set<number>>();
  #last = 0;
  isDone = false;

  constructor(file: string) {
    this.#b = new ProgramBuilder(file);
  }

  take(line: string, number: number): void {
    this.#last = number;
    if (line === '' || line.startsWith('*')) return;
    if (/^\S/.test(line)) this.#head(line, number);
    else this.#data(line, number);
  }

  finish(): NumericProgram {
    const b: ProgramBuilder = this.#b;
    if (!this.isDone) b.wrong(this.#last, 'the file ends before ENDATA', 'ENDATA', 'the end of the file', 'the file is cut off');
    return b.finish();
  }

  #head(line: string, number: number): void {
    const [word = '', ...rest] = line.split(/\s+/);
    const head = word.toUpperCase();
    if (head === 'NAME') this.#b.name = rest.join(' ');
    else if (head === 'OBJSENSE' && rest[0] !== undefined) this.#sense(rest[0], number);
    else if (head === 'ENDATA') this.isDone = true;
    else if (!sections.includes(head)) {
      const special = { SOS: 'sets of variables', INDICATORS: 'indicator constraints', QCMATRIX: 'quadratic constraints', CSECTION: 'cones', GENCONS: 'general constraints' }[head.replace(/\d$/, '')];
      if (special !== undefined) this.#b.unsupported(number, `${special} (${head}) are not solved here`, 'leave the section out, or write the problem as a model file');
      this.#b.wrong(number, `${word} is no section`, `one of ${sections.filter((s) => !s.includes(' ')).join(', ')}`, word, 'lines of data begin with a blank');
    }
    this.#section = head;
  }

  #sense(word: string, number: number): void {
    const sense = /^max/i.test(word) ? 'max' : /^min/i.test(word) ? 'min' : undefined;
    this.#b.sense = sense ?? this.#b.wrong(number, 'the sense is not known', 'MIN or MAX', word, 'write MIN or MAX');
  }

  #data(line: string, number: number): void {
    const b: ProgramBuilder = this.#b;
    const tokens = line.trim().split(/\s+/);
    switch (this.#section) {
      case 'OBJSENSE':
        this.#sense(tokens[0] ?? '', number);
        return;
      case 'ROWS':
        this.#row(tokens.length === 2 ? tokens : columnsOf(line), number);
        return;
      case 'COLUMNS':
        if (tokens.some((t) => t === "'MARKER'")) {
          if (tokens.some((t) => t === "'INTORG'")) b.unsupported(number, 'variables that must be whole numbers are not solved here', 'leave the markers out to solve the relaxation');
          return;
        }
        this.#column(tokens.length === 3 || tokens.length === 5 ? tokens : columnsOf(line), number);
        return;
      case 'RHS':
      case 'RANGES':
        this.#pairs(withSet(tokens, line), number);
        return;
      case 'BOUNDS':
        this.#bound(tokens, line, number);
        return;
      case 'QUADOBJ':
      case 'QMATRIX':
      case 'QSECTION':
        this.#quadratic(tokens.length === 3 ? tokens : columnsOf(line), number);
        return;
      default:
        b.wrong(number, 'data before the first section', 'ROWS', line.trim(), 'the file is no MPS file, or its head is missing');
    }
  }

  #row([kind = '', name = '']: readonly string[], number: number): void {
    const b: ProgramBuilder = this.#b;
    if (name === '') b.wrong(number, 'a row without a name', 'a kind and a name', kind, 'write, for example, " L  row1"');
    if (this.#kinds.has(name) || name === this.#objective || this.#dropped.has(name)) b.wrong(number, `row ${name} is declared twice`, 'another name', name, 'rename one of them');
    const upper = kind.toUpperCase();
    if (upper === 'N') {
      if (this.#objective === undefined) this.#objective = name;
      else this.#dropped.add(name);
      return;
    }
    if (upper !== 'L' && upper !== 'G' && upper !== 'E') b.wrong(number, 'the kind of this row is not known', 'N, L, G or E', kind, 'choose one of them');
    this.#kinds.set(name, upper);
    b.row(name, upper === 'L' ? -Infinity : 0, upper === 'G' ? Infinity : 0);
  }

  #rowOf(name: string, number: number): number {
    return this.#b.knownRow(name) ?? this.#b.wrong(number, `there is no row ${name}`, 'a row of the section ROWS', name, 'declare it there');
  }

  #columnOf(name: string, number: number): number {
    return this.#b.knownColumn(name) ?? this.#b.wrong(number, `there is no column ${name}`, 'a column of the section COLUMNS', name, 'declare it there');
  }

  #column([name = '', ...pairs]: readonly string[], number: number): void {
    const b: ProgramBuilder = this.#b;
    const j = b.column(name);
    for (let k = 0; k + 1 < pairs.length; k += 2) {
      const row = pairs[k] ?? '';
      const value = b.number(pairs[k + 1], number);
      if (row === this.#objective) b.cost[j]! += value;
      else if (!this.#dropped.has(row)) b.entries.push([this.#rowOf(row, number), j, value]);
    }
    if (pairs.length < 2) b.wrong(number, 'a column without an entry', 'a column, a row and a number', name, 'write, for example, "  x1  row1  2.5"');
  }

  #pairs(pairs: readonly string[], number: number): void {
    const b: ProgramBuilder = this.#b;
    for (let k = 0; k + 1 < pairs.length; k += 2) {
      const name = pairs[k] ?? '';
      const value = b.number(pairs[k + 1], number);
      if (this.#dropped.has(name)) continue;
      if (name === this.#objective) {
        // The right side of the objective is what is taken from it.
        if (this.#section === 'RHS') b.constant = -value;
        continue;
      }
      const i = this.#rowOf(name, number);
      const kind = this.#kinds.get(name);
      if (this.#section === 'RHS') {
        if (kind !== 'G') b.rowUpper[i] = value;
        if (kind !== 'L') b.rowLower[i] = value;
      } else if (kind === 'G' || (kind === 'E' && value >= 0)) b.rowUpper[i] = b.rowLower[i]! + Math.abs(value);
      else b.rowLower[i] = b.rowUpper[i]! - Math.abs(value);
    }
  }

  #bound(tokens: readonly string[], line: string, number: number): void {
    const b: ProgramBuilder = this.#b;
    const kind = (tokens[0] ?? '').toUpperCase();
    const hasValue = ['UP', 'LO', 'FX'].includes(kind);
    if (['BV', 'LI', 'UI', 'SC', 'SI'].includes(kind)) b.unsupported(number, `bounds of kind ${kind} are for whole or semi-continuous variables, which are not solved here`, 'write UP and LO to solve the relaxation');
    if (!hasValue && !['FR', 'MI', 'PL'].includes(kind)) b.wrong(number, 'the kind of this bound is not known', 'UP, LO, FX, FR, MI or PL', kind, 'choose one of them');
    const rest = tokens.slice(1);
    const own = hasValue ? rest.slice(-2) : [rest.length > 1 && b.knownColumn(rest[1] ?? '') !== undefined ? (rest[1] ?? '') : (rest.at(-1) ?? '')];
    const [name = '', text] = own.length > 0 && b.knownColumn(own[0] ?? '') !== undefined ? own : [line.slice(14, 22).trim(), line.slice(24, 36).trim()];
    const j = this.#columnOf(name, number);
    if (kind === 'FR' || kind === 'MI') b.lower[j] = -Infinity;
    if (kind === 'FR' || kind === 'PL') b.upper[j] = Infinity;
    if (!hasValue) return;
    const value = b.number(text, number);
    if (kind !== 'UP') {
      b.lower[j] = value;
      this.#lowerSet.add(j);
    }
    if (kind !== 'LO') b.upper[j] = value;
    // An upper bound below zero takes the default lower bound away.
    if (kind === 'UP' && value < 0 && b.lower[j] === 0 && !this.#lowerSet.has(j)) b.lower[j] = -Infinity;
  }

  #quadratic([first = '', second = '', text]: readonly string[], number: number): void {
    const [i, j] = [this.#columnOf(first, number), this.#columnOf(second, number)];
    const value = this.#b.number(text, number);
    // QMATRIX has both triangles.
    if (this.#section === 'QMATRIX' && i !== j) {
      const seen = this.#full.get(j)?.has(i) === true;
      const list = this.#full.get(i) ?? new Set<number>();
      this.#full.set(i, list.add(j));
      if (seen) return;
    }
    this.#b.quadratic(i, j, value);
  }
}

/** The fields of a line of fixed format, whose names may have blanks. */
function columnsOf(line: string): string[] {
  const fields = [line.slice(1, 3), line.slice(4, 12), line.slice(14, 22), line.slice(24, 36), line.slice(39, 47), line.slice(49, 61)].map((f) => f.trim());
  return fields.slice(fields[0] === '' ? 1 : 0).filter((f, k, all) => f !== '' || all.slice(k + 1).some((g) => g !== ''));
}

/** Pairs of a row and a number; the name of the set before them may be missing. */
function withSet(tokens: readonly string[], line: string): readonly string[] {
  const arePairs = (list: readonly string[]): boolean => list.length > 0 && list.length % 2 === 0 && list.every((t, k) => k % 2 === 0 || !Number.isNaN(Number(t)));
  if (arePairs(tokens)) return tokens;
  const [, ...rest] = tokens;
  if (arePairs(rest)) return rest;
  const [, ...fields] = columnsOf(line);
  // What is wrong is said of the fields as they are split by blanks.
  return arePairs(fields) ? fields : rest;
}
