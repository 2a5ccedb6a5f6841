// AMPL's .nl files in their text form: problems as expression trees over numbered variables.
// Gay, Writing .nl files, Sandia report 2005-7907P; Gay, Hooking your solver to AMPL, Bell Laboratories 97-4-06.

import { badContent, badFile } from '../problem.ts';

/** `args` in the order of the file. Codes are AMPL's. */
export type NlTree =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'operator'; readonly code: number; readonly args: readonly NlTree[] };

/** lower ≤ nonlinear + Σ linear ≤ upper; of an objective without the bounds. */
export interface NlRow {
  readonly nonlinear: NlTree;
  readonly linear: readonly (readonly [variable: number, coefficient: number])[];
}

export interface NlProblem {
  readonly name: string;
  readonly variables: number;
  readonly sense: 'min' | 'max';
  readonly objective: NlRow;
  readonly rows: readonly NlRow[];
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Start values, where the file has them. */
  readonly start?: Float64Array;
}

export const zeroTree: NlTree = { kind: 'number', value: 0 };

/** Codes that stand before a count of their arguments. */
export const listCodes: ReadonlySet<number> = new Set([11, 12, 54]);

const unary = new Set([15, 16, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 49, 50, 51, 52, 53, 77]);
const binary = new Set([0, 1, 2, 3, 5, 76, 78]);
const known: Readonly<Record<number, string>> = { 4: 'a remainder', 6: 'the positive part of a difference (less)', 13: 'floor', 14: 'ceil', 35: 'if', 48: 'atan2', 55: 'a whole division', 57: 'round', 58: 'trunc', 79: 'a function of a library', 80: 'a string' };
const deepest = 5000;

/** Throws a `RicciError` with the line of what is wrong. */
export function readNl(text: string, file: string): NlProblem {
  return new NlReader(text, file).read();
}

class NlReader {
  readonly #lines: readonly string[];
  readonly #file: string;
  #at = 0;
  #defined: (NlTree | undefined)[] = [];
  #variables = 0;

  constructor(text: string, file: string) {
    this.#file = file;
    if (text.startsWith('b')) throw badContent(file, 'this .nl file is binary', { at: 'line 1', needed: 'a text file, which begins with g', found: 'b', help: 'write it as text: option for AMPL -og, for Pyomo the default' });
    if (!text.startsWith('g')) throw badFile(file, 'this is no .nl file', { at: 'line 1', needed: 'g at the beginning', found: text.slice(0, 10), help: 'check that the file is whole' });
    this.#lines = text.split(/\r?\n/);
  }

  read(): NlProblem {
    const name = /#\s*problem\s+(\S+)/.exec(this.#lines[0] ?? '')?.[1] ?? 'problem';
    this.#at = 1;
    const [n = 0, m = 0, objectives = 0, , , logical = 0] = this.#numbers(3);
    this.#numbers(2);
    const [network = 0, linearNetwork = 0] = this.#numbers(2);
    this.#numbers(2);
    const [, functions = 0] = this.#numbers(1);
    const whole = this.#numbers(2);
    this.#numbers(2);
    this.#numbers(1);
    this.#numbers(1);
    if (whole.some((k) => k > 0)) this.#unsupported(6, 'variables that are whole numbers cannot be solved for', 'relax them, or use a solver for mixed-integer problems');
    if (logical > 0) this.#unsupported(1, 'constraints between truth values are not read', 'write them with numbers');
    if (network + linearNetwork > 0) this.#unsupported(3, 'network constraints are not read', 'write the file without them');
    if (functions > 0) this.#unsupported(5, 'functions of libraries are not read', 'write them by operators');
    if (!(n > 0) || !Number.isInteger(n) || !Number.isInteger(m)) this.#wrong(1, 'the counts of the header are no counts', 'whole numbers, one variable at least', this.#lines[1] ?? '');
    this.#variables = n;
    const rows = Array.from({ length: m }, (): { nonlinear: NlTree; linear: [number, number][] } => ({ nonlinear: zeroTree, linear: [] }));
    const objective: { nonlinear: NlTree; linear: [number, number][] } = { nonlinear: zeroTree, linear: [] };
    let sense: 'min' | 'max' = 'min';
    const [rowLower, rowUpper] = [new Float64Array(m).fill(-Infinity), new Float64Array(m).fill(Infinity)];
    const [lower, upper] = [new Float64Array(n).fill(-Infinity), new Float64Array(n).fill(Infinity)];
    let start: Float64Array | undefined;
    while (this.#at < this.#lines.length) {
      const line = this.#line();
      if (line.trim() === '') continue;
      const place = this.#at - 1;
      const [first = NaN, second = NaN, third = NaN] = line.slice(1).split('#')[0]!.trim().split(/\s+/).map(Number);
      const row = (k: number): { nonlinear: NlTree; linear: [number, number][] } => rows[k] ?? this.#wrong(place, 'there is no such constraint', `0 to ${m - 1}`, String(k));
      switch (line[0]) {
        case 'C':
          row(first).nonlinear = this.#tree(0);
          break;
        case 'O': {
          const tree = this.#tree(0);
          if (first === 0) {
            objective.nonlinear = tree;
            sense = second === 1 ? 'max' : 'min';
          }
          break;
        }
        case 'V':
          this.#define(first, second, place);
          break;
        case 'J':
          row(first).linear.push(...this.#pairs(second));
          break;
        case 'G': {
          const pairs = this.#pairs(second);
          if (first === 0) objective.linear.push(...pairs);
          break;
        }
        case 'x':
          start ??= new Float64Array(n);
          for (const [j, value] of this.#pairs(first)) start[j] = value;
          break;
        case 'd':
          for (let k = 0; k < first; k++) this.#line();
          break;
        case 'k':
          for (let k = 0; k < first; k++) this.#line();
          break;
        case 'S':
          for (let k = 0; k < second; k++) this.#line();
          break;
        case 'r':
          for (let i = 0; i < m; i++) this.#bounds(i, rowLower, rowUpper);
          break;
        case 'b':
          for (let j = 0; j < n; j++) this.#bounds(j, lower, upper);
          break;
        default:
          this.#unsupported(place, `the segment ${line[0] ?? ''} is not read`, 'segments C, O, V, J, G, x, d, k, r, b and S are');
      }
      if (Number.isNaN(third) && line.startsWith('V')) this.#wrong(place, 'a defined variable has three numbers', 'V index count use', line);
    }
    if (objectives === 0 && objective.linear.length === 0) sense = 'min';
    return { name, variables: n, sense, objective, rows, rowLower, rowUpper, lower, upper, ...(start && { start }) };
  }

  #line(): string {
    const line = this.#lines[this.#at++];
    if (line === undefined) throw badFile(this.#file, 'the file ends in the middle', { at: `line ${this.#lines.length}`, help: 'check that the file is whole' });
    return line;
  }

  #numbers(least: number): number[] {
    const place = this.#at;
    const text = this.#line().split('#')[0] ?? '';
    const found = text.trim().split(/\s+/).map(Number);
    if (found.length < least || found.some(Number.isNaN)) this.#wrong(place, 'a line of the header is no list of numbers', `${least} numbers or more`, text.trim());
    return found;
  }

  #number(text: string, place: number): number {
    const value = Number(text.split('#')[0]?.trim());
    if (text.trim() === '' || Number.isNaN(value)) this.#wrong(place, 'this is no number', 'a number', text.trim());
    return value;
  }

  #pairs(count: number): [number, number][] {
    if (!(count >= 0)) this.#wrong(this.#at - 1, 'a segment says no count', 'a count', this.#lines[this.#at - 1] ?? '');
    return Array.from({ length: count }, (): [number, number] => {
      const place = this.#at;
      const [j = '', value = ''] = (this.#line().split('#')[0] ?? '').trim().split(/\s+/);
      const index = this.#number(j, place);
      if (!(index >= 0 && index < this.#variables)) this.#wrong(place, 'there is no such variable', `0 to ${this.#variables - 1}`, j);
      return [index, this.#number(value, place)];
    });
  }

  #bounds(k: number, lower: Float64Array, upper: Float64Array): void {
    const place = this.#at;
    const parts = (this.#line().split('#')[0] ?? '').trim().split(/\s+/).map((t) => this.#number(t, place));
    const [kind = NaN, a = NaN, b = NaN] = parts;
    if (kind === 0) [lower[k], upper[k]] = [a, b];
    else if (kind === 1) upper[k] = a;
    else if (kind === 2) lower[k] = a;
    else if (kind === 4) lower[k] = upper[k] = a;
    else if (kind === 5) this.#unsupported(place, 'complementarity conditions are not read', 'write them as equations of products');
    else if (kind !== 3) this.#wrong(place, 'there is no such kind of bounds', '0 to 4', String(kind));
  }

  /** A name for a linear part and a tree, used in what follows. */
  #define(index: number, count: number, place: number): void {
    if (!(index >= this.#variables)) this.#wrong(place, 'a defined variable has the number of a variable', `${this.#variables} or more`, String(index));
    const parts: NlTree[] = Array.from({ length: count }, (): NlTree => {
      const at = this.#at;
      const [j = '', value = ''] = this.#line().trim().split(/\s+/);
      return { kind: 'operator', code: 2, args: [{ kind: 'number', value: this.#number(value, at) }, this.#variable(this.#number(j, at), at)] };
    });
    const tree = this.#tree(0);
    this.#defined[index] = parts.length === 0 ? tree : { kind: 'operator', code: 54, args: [...parts, tree] };
  }

  #variable(index: number, place: number): NlTree {
    if (index >= 0 && index < this.#variables) return { kind: 'variable', index };
    return this.#defined[index] ?? this.#wrong(place, 'this variable was not defined before', `0 to ${this.#variables - 1}, or one that a segment V defines`, String(index));
  }

  #tree(depth: number): NlTree {
    const place = this.#at;
    if (depth > deepest) this.#wrong(place, 'an expression is nested too deeply', `${deepest} levels at most`, 'more');
    const line = (this.#line().split('#')[0] ?? '').trim();
    const rest = line.slice(1);
    switch (line[0]) {
      case 'n':
      case 's':
      case 'l':
        return { kind: 'number', value: this.#number(rest, place) };
      case 'v':
        return this.#variable(this.#number(rest, place), place);
      case 'o': {
        const code = this.#number(rest, place);
        const count = unary.has(code) ? 1 : binary.has(code) ? 2 : listCodes.has(code) ? this.#number(this.#line(), place + 1) : undefined;
        if (count === undefined) this.#unsupported(place, `the operator o${code}${known[code] === undefined ? '' : `, ${known[code]},`} is not read`, 'write it by smooth operators');
        return { kind: 'operator', code, args: Array.from({ length: count }, () => this.#tree(depth + 1)) };
      }
      default:
        return this.#unsupported(place, `${line === '' ? 'an empty line' : line} is no operand that is read`, 'operands are n, v and o');
    }
  }

  #wrong(place: number, message: string, needed: string, found: string): never {
    throw badFile(this.#file, message, { at: `line ${place + 1}`, needed, found, help: 'check that the file is whole, and text' });
  }

  #unsupported(place: number, message: string, help: string): never {
    throw badContent(this.#file, message, { at: `line ${place + 1}`, help });
  }
}
