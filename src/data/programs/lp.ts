// LP files as CPLEX writes them: an objective, linear rows, bounds; the objective may have a quadratic part in brackets.

import { type NumericProgram, ProgramBuilder } from './program.ts';

interface Token {
  readonly text: string;
  readonly line: number;
  readonly kind: 'word' | 'number' | 'relation' | 'sign';
}

type Section = 'objective' | 'rows' | 'bounds' | 'end';

/** Throws a `RicciError` with the line of what is wrong. */
export function readLp(text: string, file: string): NumericProgram {
  const reader = new LpReader(file, text);
  return reader.read();
}

const pattern = /\\[^\n]*|\n|[ \t\r]+|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<relation><=|=<|>=|=>|<|>|=)|(?<sign>[-+:[\]*/^])|(?<word>[A-Za-z_!"#$%&(),.;?@'`{}~|][A-Za-z0-9_!"#$%&(),.;?@'`{}~|]*)|(?<other>.)/gy;

class LpReader {
  readonly #b: ProgramBuilder;
  readonly #tokens: Token[] = [];
  #at = 0;
  #unnamed = 0;

  constructor(file: string, text: string) {
    this.#b = new ProgramBuilder(file);
    let line = 1;
    for (const match of text.matchAll(pattern)) {
      const { number, relation, sign, word, other } = match.groups ?? {};
      if (match[0] === '\n') line++;
      if (other !== undefined) this.#b.wrong(line, 'this character has no meaning here', 'names, numbers, + - * ^ / [ ] < > =', other, 'names begin with a letter');
      const found = number ?? relation ?? sign ?? word;
      if (found !== undefined) this.#tokens.push({ text: found, line, kind: number === undefined ? (relation === undefined ? (sign === undefined ? 'word' : 'sign') : 'relation') : 'number' });
    }
  }

  read(): NumericProgram {
    const b: ProgramBuilder = this.#b;
    const first = this.#peek();
    const sense = /^(max|min)(imi[sz]e|imum)?$/i.exec(first?.text ?? '');
    if (!sense) b.wrong(first?.line ?? 1, 'the objective is missing', 'minimize or maximize', first?.text ?? 'nothing', 'an LP file begins with one of them');
    b.sense = /^max/i.test(sense[0]) ? 'max' : 'min';
    this.#at++;
    this.#label();
    b.constant = this.#expression((name, value) => (b.cost[b.column(name)]! += value), true);
    for (;;) {
      const section = this.#section();
      if (section === 'end') return b.finish();
      while (this.#peek() !== undefined && this.#isHead() === undefined) {
        if (section === 'rows') this.#row();
        else this.#bound();
      }
    }
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #line(): number {
    return this.#peek()?.line ?? this.#tokens.at(-1)?.line ?? 1;
  }

  /** The section that begins here, with the number of its words. */
  #isHead(): { readonly section: Section; readonly words: number } | undefined {
    const [one, two] = [this.#peek()?.text.toLowerCase() ?? '', this.#peek(1)?.text.toLowerCase() ?? ''];
    if (this.#peek(1)?.text === ':' || this.#peek()?.kind !== 'word') return undefined;
    if (['st', 's.t.', 'st.'].includes(one)) return { section: 'rows', words: 1 };
    if ((one === 'subject' && two === 'to') || (one === 'such' && two === 'that')) return { section: 'rows', words: 2 };
    if (one === 'bounds' || one === 'bound') return { section: 'bounds', words: 1 };
    if (one === 'end') return { section: 'end', words: 1 };
    if (/^(general|generals|gen|integer|integers|int|binary|binaries|bin|semi|sos)$/.test(one)) this.#b.unsupported(this.#line(), 'variables that must be whole numbers, semi-continuous or in sets are not solved here', 'leave the section out to solve the relaxation');
    return undefined;
  }

  #section(): Section {
    const head = this.#isHead();
    if (head) {
      this.#at += head.words;
      return head.section;
    }
    const found = this.#peek();
    return this.#b.wrong(this.#line(), found ? 'this was not expected here' : 'the file ends before its end', found ? 'a term, or a section' : 'end', found?.text ?? 'the end of the file', found ? 'sections are subject to, bounds, end' : 'the last line is: end');
  }

  #label(): string | undefined {
    if (this.#peek()?.kind !== 'word' || this.#peek(1)?.text !== ':') return undefined;
    this.#at += 2;
    return this.#tokens[this.#at - 2]?.text;
  }

  /** Reads terms up to a relation or a section; returns the sum of plain numbers. */
  #expression(term: (name: string, value: number) => void, mayBend: boolean): number {
    const b: ProgramBuilder = this.#b;
    let constant = 0;
    for (;;) {
      const start = this.#at;
      let sign = 1;
      while (this.#peek()?.text === '+' || this.#peek()?.text === '-') if (this.#tokens[this.#at++]?.text === '-') sign = -sign;
      const isSigned = this.#at > start;
      const next = this.#peek();
      if (next?.text === '[') {
        if (!mayBend) b.unsupported(next.line, 'quadratic constraints of LP files are not solved here', 'write the problem as a model file');
        this.#brackets(sign);
        continue;
      }
      let factor: number | undefined;
      if (next?.kind === 'number') {
        factor = b.number(next.text, next.line);
        this.#at++;
        if (this.#peek()?.text === '*') this.#at++;
      }
      const name = this.#peek();
      if (name?.kind === 'word' && this.#peek(1)?.text !== ':' && this.#isHead() === undefined && !(factor === undefined && /^[+-]?inf(inity)?$/i.test(name.text))) {
        this.#at++;
        term(name.text, sign * (factor ?? 1));
      } else if (factor !== undefined) constant += sign * factor;
      else if (isSigned) b.wrong(this.#line(), 'a sign without a term', 'a number or a name', this.#peek()?.text ?? 'nothing', 'finish the term');
      else return constant;
    }
  }

  /** [ 2 x^2 + 3 x * y ] / 2 */
  #brackets(sign: number): void {
    const b: ProgramBuilder = this.#b;
    this.#at++;
    const terms: [number, number, number][] = [];
    while (this.#peek() && this.#peek()?.text !== ']') {
      let own = 1;
      while (this.#peek()?.text === '+' || this.#peek()?.text === '-') if (this.#tokens[this.#at++]?.text === '-') own = -own;
      if (this.#peek()?.kind === 'number') own *= b.number(this.#tokens[this.#at++]?.text, this.#line());
      const i = this.#factor();
      if (this.#peek()?.text === '^') {
        this.#at++;
        if (this.#peek()?.text !== '2') b.unsupported(this.#line(), 'only squares and products of two stand in brackets', 'write x^2 or x * y');
        this.#at++;
        terms.push([i, i, own]);
      } else {
        if (this.#peek()?.text !== '*') b.wrong(this.#line(), 'this was not expected in brackets', '^2 or *', this.#peek()?.text ?? 'nothing', 'write x^2 or x * y');
        this.#at++;
        terms.push([i, this.#factor(), own]);
      }
    }
    if (this.#peek()?.text !== ']') b.wrong(this.#line(), 'a bracket is not closed', ']', 'the end of the file', 'close it, and write / 2 behind it');
    this.#at++;
    const isHalved = this.#peek()?.text === '/' && this.#peek(1)?.text === '2';
    if (isHalved) this.#at += 2;
    // Q has twice the coefficient of a square on its diagonal, and that of a product on both sides.
    for (const [i, j, value] of terms) b.quadratic(i, j, sign * value * (isHalved ? 0.5 : 1) * (i === j ? 2 : 1));
  }

  #factor(): number {
    const token = this.#peek();
    if (token?.kind !== 'word') this.#b.wrong(this.#line(), 'this was not expected in brackets', 'the name of a variable', token?.text ?? 'nothing', 'write x^2 or x * y');
    this.#at++;
    return this.#b.column(token.text);
  }

  #relation(): '<=' | '>=' | '=' | undefined {
    const token = this.#peek();
    if (token?.kind !== 'relation') return undefined;
    this.#at++;
    return token.text.includes('<') ? '<=' : token.text.includes('>') ? '>=' : '=';
  }

  /** A number with its sign, perhaps infinite; undefined if there is none. */
  #value(): number | undefined {
    const start = this.#at;
    let sign = 1;
    while (this.#peek()?.text === '+' || this.#peek()?.text === '-') if (this.#tokens[this.#at++]?.text === '-') sign = -sign;
    const token = this.#peek();
    if (token && (token.kind === 'number' || /^inf(inity)?$/i.test(token.text))) {
      this.#at++;
      return sign * this.#b.number(token.text, token.line);
    }
    this.#at = start;
    return undefined;
  }

  #row(): void {
    const b: ProgramBuilder = this.#b;
    const line = this.#line();
    const name = this.#label() ?? `row ${++this.#unnamed}`;
    if (b.knownRow(name) !== undefined) b.wrong(line, `row ${name} stands here twice`, 'another name', name, 'rename one of them');
    let [lower, upper] = [-Infinity, Infinity];
    const bound = (relation: '<=' | '>=' | '=', value: number): void => {
      if (relation !== '>=') upper = value;
      if (relation !== '<=') lower = value;
    };
    const start = this.#at;
    const left = this.#value();
    const before = left === undefined ? undefined : this.#relation();
    if (before === undefined) this.#at = start;
    else bound(before === '<=' ? '>=' : before === '>=' ? '<=' : '=', left ?? 0);
    const terms: [number, number][] = [];
    const constant = this.#expression((n, value) => terms.push([b.column(n), value]), false);
    const relation = this.#relation();
    if (relation === undefined && before === undefined) b.wrong(this.#line(), 'a row without a relation', '<=, >= or =', this.#peek()?.text ?? 'the end of the file', 'write, for example, x + y <= 3');
    if (relation !== undefined) bound(relation, this.#value() ?? b.wrong(this.#line(), 'a row without a right side', 'a number', this.#peek()?.text ?? 'the end of the file', 'variables stand on the left'));
    const i = b.row(name, lower - constant, upper - constant);
    for (const [j, value] of terms) b.entries.push([i, j, value]);
  }

  #bound(): void {
    const b: ProgramBuilder = this.#b;
    const left = this.#value();
    const before = left === undefined ? undefined : (this.#relation() ?? b.wrong(this.#line(), 'a bound without a relation', '<=', this.#peek()?.text ?? 'nothing', 'write, for example, 0 <= x <= 4'));
    const token = this.#peek();
    if (token?.kind !== 'word') b.wrong(this.#line(), 'a bound without a variable', 'the name of a variable', token?.text ?? 'nothing', 'write, for example, 0 <= x <= 4');
    const j = b.knownColumn(token.text) ?? b.wrong(token.line, `there is no variable ${token.text}`, 'a variable of the objective or the rows', token.text, 'check its name');
    this.#at++;
    const set = (relation: '<=' | '>=' | '=', value: number): void => {
      if (relation !== '>=') {
        b.upper[j] = value;
        if (relation === '<=' && value < 0 && b.lower[j] === 0) b.lower[j] = -Infinity;
      }
      if (relation !== '<=') b.lower[j] = value;
    };
    if (before !== undefined) set(before === '<=' ? '>=' : before === '>=' ? '<=' : '=', left ?? 0);
    if (this.#peek()?.text.toLowerCase() === 'free') {
      this.#at++;
      [b.lower[j], b.upper[j]] = [-Infinity, Infinity];
      return;
    }
    const relation = this.#relation();
    if (relation === undefined) {
      if (before === undefined) b.wrong(this.#line(), 'a bound without a relation', '<=, >=, = or free', this.#peek()?.text ?? 'nothing', 'write, for example, x <= 4');
      return;
    }
    set(relation, this.#value() ?? b.wrong(this.#line(), 'a bound without a number', 'a number', this.#peek()?.text ?? 'nothing', 'write, for example, x <= 4'));
  }
}
