// Random well-typed expressions over the whole language. Functions come from the table by their signatures, so that a
// new record joins by itself.

import { type Random, random } from '../../src/base/random.ts';
import { must } from '../../src/base/internal.ts';
import { type Dim, addDims, dim, dimValue, minDims, mulDims, sameDim } from '../../src/ir/dim.ts';
import type { FunctionRecord } from '../../src/ops/op.ts';
import { functions } from '../../src/ops/table.ts';
import { type Claim, type Kind, type Tree, type Type, scalarType, sameType } from './tree.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** Nested operations; 3 by default. */
  readonly depth?: number;
  /** Only what has exact values modulo a prime. */
  readonly rational?: boolean;
}

const factsOf: Readonly<Record<Claim, string>> = {
  any: '',
  positive: 'positive',
  unit: 'in (-1, 1)',
  symmetric: 'symmetric',
  definite: 'pd',
  invertible: '',
};

export function leaf(type: Type, claim: Claim, name: string, facts: string = factsOf[claim]): Tree {
  return { type, claim, parts: [], isAtom: true, write: () => name, variable: { name, facts } };
}

/** One way to call a function whose argument and result types are known up to dims. */
interface Call {
  readonly name: string;
  readonly record: FunctionRecord;
  readonly params: readonly { readonly kind: string; readonly sizes: readonly string[] }[];
  readonly result: { readonly kind: string; readonly sizes: readonly string[] };
}

const part = /(any|scalar|vector|row|matrix|tensor|size)(?:\(((?:[^()]|\([^()]*\))*)\))?/g;

function partsOf(side: string): Call['params'] {
  return [...side.matchAll(part)].map((m) => ({
    kind: must(m[1]),
    sizes: m[2] === undefined ? [] : m[2].split(/,\s*(?![^()]*\))/),
  }));
}

function callsOf(record: FunctionRecord): Call[] {
  return record.forms.map((form) => {
    const [left = '', right = ''] = form.signature.split('->');
    return { name: record.name, record, params: partsOf(left), result: must(partsOf(right)[0]) };
  });
}

// Higher derivatives of matrix functions are values of block matrices with 2^k blocks a side: seconds each.
const dear = /^d[3-9]/;

const calls: readonly Call[] = functions
  .filter((f) => !dear.test(f.name))
  .flatMap(callsOf)
  .filter((c) => c.result.sizes.length <= (c.name.startsWith('d') ? 2 : 4));

// Domains in words, as records give them.
function claimOfArgument(call: Call, k: number): Claim {
  const needs = call.record.needs ?? '';
  const letter = must(['x', 'y', 'z', 'w'][k] ?? 'x');
  const excluded = call.record.op?.excludes?.(['X', 'Y', 'Z', 'W']) ?? '';
  if (call.record.requires?.some((f) => f === 'symmetric') && k === 0)
    return needs.includes('definite') ? 'definite' : 'symmetric';
  if (k === 0 && /invertible|det\(X\) = 0/.test(needs + excluded)) return 'invertible';
  if (k === 0 && /det|eigenvalue|definite/.test(needs)) return 'definite';
  if (new RegExp(`-1 < ${letter} < 1`).test(needs)) return 'unit';
  if (new RegExp(`(${letter}|p|q) > `).test(needs)) return 'positive';
  if (call.name === 'pow' && k === 0) return 'positive';
  if (call.name === 'huber' && k === 1) return 'positive';
  return 'any';
}

const isFirstALiteral = (call: Call): boolean => call.name === 'polygamma';

export function generate(options: GenerateOptions): Tree {
  const r = random(options.seed);
  for (let i = 0; i < 4; i++) r.uniform();
  return new Generator(r, options.rational ?? false).root(options.depth ?? 3);
}

class Generator {
  readonly #random: Random;
  readonly #rational: boolean;
  readonly #leaves: Tree[] = [];
  readonly #dims: readonly Dim[];

  constructor(r: Random, rational: boolean) {
    this.#random = r;
    this.#rational = rational;
    const names = r.uniform() < 0.8 ? ['n', 'm', 'k'] : [4, 3, 5];
    this.#dims = names.slice(0, 1 + r.integer(3)).map((name) => dim(name));
  }

  root(depth: number): Tree {
    const u = this.#random.uniform();
    const kind: Kind = u < 0.45 ? 'scalar' : u < 0.65 ? 'vector' : u < 0.72 ? 'row' : u < 0.95 ? 'matrix' : 'tensor';
    if (kind === 'matrix' && this.chance(0.1)) return this.equation(depth);
    return this.tree(this.type(kind), 'any', depth);
  }

  chance(p: number): boolean {
    return this.#random.uniform() < p;
  }

  pick<T>(list: readonly T[]): T {
    return must(list[this.#random.integer(list.length)]);
  }

  anyDim(): Dim {
    return this.pick(this.#dims);
  }

  type(kind: Kind): Type {
    const count = { scalar: 0, vector: 1, row: 1, matrix: 2, tensor: 3 }[kind];
    return { kind, dims: Array.from({ length: count }, () => this.anyDim()) };
  }

  vector(n: Dim = this.anyDim()): Type {
    return { kind: 'vector', dims: [n] };
  }

  matrix(m: Dim = this.anyDim(), n: Dim = this.anyDim()): Type {
    return { kind: 'matrix', dims: [m, n] };
  }

  // Leaves.

  leaf(type: Type, claim: Claim): Tree {
    const known = this.#leaves.filter(
      (t) =>
        sameType(t.type, type) &&
        (claim === 'any' || t.claim === claim || (claim === 'symmetric' && t.claim === 'definite')),
    );
    if (known.length > 0 && this.chance(0.65)) return this.pick(known);
    return this.fresh(type, claim, this.facts(type, claim));
  }

  fresh(type: Type, claim: Claim, facts: string): Tree {
    const letters = { scalar: 'abcdeg', vector: 'xyzuvw', row: 'x', matrix: 'ABCDEXYZ', tensor: 'TS' }[type.kind];
    let name = this.pick([...letters]);
    for (let k = 1; this.#leaves.some((t) => t.variable?.name === name); k++) name = `${this.pick([...letters])}${k}`;
    const made = leaf(type, claim, name, facts);
    this.#leaves.push(made);
    return made;
  }

  /** A variable of which no more is known than the claim. */
  generic(type: Type, claim: Claim): Tree {
    if (type.kind === 'row') return this.transpose(this.generic({ kind: 'vector', dims: type.dims }, claim));
    const known = this.#leaves.filter((t) => sameType(t.type, type) && t.variable?.facts === factsOf[claim]);
    if (known.length > 0 && this.chance(0.65)) return this.pick(known);
    return this.fresh(type, claim, factsOf[claim]);
  }

  facts(type: Type, claim: Claim): string {
    if (claim !== 'any' || this.chance(0.75)) return factsOf[claim];
    const isSquare = type.kind === 'matrix' && sameDim(must(type.dims[0]), must(type.dims[1]));
    if (isSquare)
      return this.pick(
        this.#rational
          ? ['symmetric', 'diagonal', 'lower', 'upper']
          : ['symmetric', 'psd', 'pd', 'nd', 'diagonal', 'lower', 'upper', 'orthogonal'],
      );
    if (this.#rational) return '';
    if (type.kind === 'scalar') return this.pick(['positive', 'negative', 'in (0, 1)', 'nonnegative']);
    if (type.kind === 'vector') return this.pick(['positive', 'in simplex', 'unit', 'in (0, 2)', 'negative']);
    return type.kind === 'matrix' ? this.pick(['positive', 'nonnegative']) : '';
  }

  atom(type: Type, claim: Claim): Tree {
    if (type.kind === 'row') return this.transpose(this.atom({ kind: 'vector', dims: type.dims }, claim));
    const constant = claim !== 'unit' && this.chance(0.12) ? this.constant(type, claim) : undefined;
    return constant ?? this.leaf(type, claim);
  }

  constant(type: Type, claim: Claim): Tree | undefined {
    const text = (written: string): Tree => ({ type, claim, parts: [], isAtom: true, write: () => written });
    if (type.kind === 'scalar') return text(this.number(claim));
    if (type.kind === 'matrix') {
      const isSquare = sameDim(must(type.dims[0]), must(type.dims[1]));
      if (isSquare && claim !== 'positive') return text('eye');
    }
    return undefined;
  }

  number(claim: Claim): string {
    const n = this.pick(['1', '2', '3', '4', '10', '0.5', '0.25', '1.5', ...(claim === 'any' ? ['0'] : [])]);
    return n;
  }

  // Compound expressions.

  tree(type: Type, claim: Claim, depth: number): Tree {
    if (depth <= 0) return this.atom(type, claim);
    for (let tries = 0; tries < 6; tries++) {
      const found = claim === 'any' ? this.free(type, depth) : this.claimed(type, claim, depth);
      if (found) return found;
    }
    return this.atom(type, claim);
  }

  free(type: Type, depth: number): Tree | undefined {
    const d = depth - 1;
    const u = this.#random.uniform();
    if (u < 0.16) return this.sum(type, 'any', d);
    if (u < 0.22) return this.negative(this.tree(type, 'any', d));
    if (u < 0.3) return this.scaled(this.tree(scalarType(), 'any', d), this.tree(type, 'any', d));
    if (u < 0.34) return this.binary('/', type, 'any', this.tree(type, 'any', d), this.denominator(scalarType(), d));
    if (u < 0.42 && type.kind !== 'scalar') return this.entries(type, 'any', d);
    if (u < 0.46 && type.kind !== 'scalar')
      return this.binary('./', type, 'any', this.tree(type, 'any', d), this.denominator(type, d));
    if (u < 0.51) return this.power(type, d);
    if (u < 0.68) return this.call(type, 'any', d);
    if (u < 0.69 && !this.#rational) return this.declared(type, d);
    if (u < 0.77) return this.einsum(type, d);
    if (u < 0.79 && (type.kind === 'matrix' || type.kind === 'vector')) return this.transposed(type, d);
    if (u < 0.85) return this.piece(type, d);
    return this.product(type, d);
  }

  claimed(type: Type, claim: Claim, depth: number): Tree | undefined {
    const d = depth - 1;
    switch (claim) {
      case 'positive':
        return this.positive(type, d);
      case 'unit':
        if (this.#rational) return undefined;
        return this.as(
          claim,
          this.scaled(
            this.numberTree('0.5'),
            this.named(this.pick(['tanh', 'sin', 'cos']), [this.tree(type, 'any', d)], type),
          ),
        );
      case 'symmetric':
        return this.symmetric(type, d);
      case 'definite':
        return this.definite(type, d);
      case 'invertible':
        return this.chance(0.5) ? this.as(claim, this.tree(type, 'definite', d)) : undefined;
      default:
        return undefined;
    }
  }

  as(claim: Claim, t: Tree): Tree {
    return { ...t, claim };
  }

  positive(type: Type, d: number): Tree {
    const u = this.#random.uniform();
    const one =
      type.kind === 'scalar'
        ? '1'
        : type.kind === 'matrix'
          ? 'matrix(1)'
          : type.kind === 'row'
            ? "vector(1)'"
            : type.kind === 'vector'
              ? 'vector(1)'
              : undefined;
    if (u < 0.25) return this.sum(type, 'positive', d);
    if (u < 0.45 && one !== undefined) {
      const square = this.wrap(
        type,
        'positive',
        [this.tree(type, 'any', d)],
        ([x]) => `${x}${type.kind === 'scalar' ? '^' : '.^'}2`,
      );
      return this.wrap(type, 'positive', [square], ([x]) => `${x}+${one}`);
    }
    if (u < 0.6)
      return this.binary(
        type.kind === 'scalar' ? '*' : '.*',
        type,
        'positive',
        this.tree(type, 'positive', d),
        this.tree(type, 'positive', d),
      );
    if (this.#rational || u < 0.7)
      return this.binary(
        type.kind === 'scalar' ? '/' : './',
        type,
        'positive',
        this.tree(type, 'positive', d),
        this.tree(type, 'positive', d),
      );
    const name = this.pick(['exp', 'sigmoid', 'softplus', 'cosh', 'sqrt']);
    return this.as(
      'positive',
      this.named(name, [this.tame(this.tree(type, name === 'sqrt' ? 'positive' : 'any', d))], type),
    );
  }

  symmetric(type: Type, d: number): Tree {
    const u = this.#random.uniform();
    const [n] = type.dims as [Dim];
    if (u < 0.35) return this.sum(type, 'symmetric', d);
    if (u < 0.6) return this.as('symmetric', this.tree(type, 'definite', d));
    const B = this.tree(this.matrix(this.anyDim(), n), 'any', d);
    return this.wrap(type, 'symmetric', [B, B], ([a, b]) => `${a}'*${b}`);
  }

  definite(type: Type, d: number): Tree {
    const u = this.#random.uniform();
    const [n] = type.dims as [Dim];
    if (u < 0.3) return this.sum(type, 'definite', d);
    if (u < 0.5) return this.as('definite', this.named('inv', [this.tree(type, 'definite', d)], type));
    if (u < 0.65) return this.as('definite', this.named('diag', [this.tree(this.vector(n), 'positive', d)], type));
    if (u < 0.75)
      return this.as('definite', this.scaled(this.tree(scalarType(), 'positive', d), this.tree(type, 'definite', d)));
    const B = this.tree(this.matrix(this.anyDim(), n), 'any', d);
    return this.wrap(type, 'definite', [B, B], ([a, b]) => `${a}'*${b}+eye`);
  }

  /** Moderate arguments for functions that grow fast. */
  tame(t: Tree): Tree {
    return t.parts.length > 0 && this.chance(0.7) ? this.as(t.claim, this.scaled(this.numberTree('0.25'), t)) : t;
  }

  denominator(type: Type, d: number): Tree {
    return this.tree(type, this.chance(0.8) ? 'positive' : 'any', d);
  }

  wrap(type: Type, claim: Claim, parts: readonly Tree[], write: (parts: readonly string[]) => string): Tree {
    return { type, claim, parts, isAtom: false, write };
  }

  numberTree(text: string): Tree {
    return { type: scalarType(), claim: 'positive', parts: [], isAtom: true, write: () => text };
  }

  sum(type: Type, claim: Claim, d: number): Tree {
    const count = 2 + this.#random.integer(2);
    const parts = Array.from({ length: count }, () => this.tree(type, claim, d));
    // A scalar joins every entry.
    if (claim === 'any' && (type.kind === 'vector' || type.kind === 'matrix') && this.chance(0.08))
      parts[1] = this.tree(scalarType(), 'any', d);
    const canSubtract = claim === 'any' || claim === 'symmetric';
    return sumTree(
      type,
      claim,
      parts,
      parts.map(() => (canSubtract && this.chance(0.4) ? '-' : '+')),
    );
  }

  negative(t: Tree): Tree {
    return this.wrap(t.type, 'any', [t], ([x]) => `-${x}`);
  }

  scaled(c: Tree, t: Tree): Tree {
    return commutative('*', t.type, 'any', [c, t]);
  }

  binary(op: string, type: Type, claim: Claim, a: Tree, b: Tree): Tree {
    return op === '.*'
      ? commutative('.*', type, claim, [a, b])
      : this.wrap(type, claim, [a, b], ([x, y]) => `${x}${op}${y}`);
  }

  entries(type: Type, claim: Claim, d: number): Tree {
    return commutative(
      '.*',
      type,
      claim,
      Array.from({ length: 2 + this.#random.integer(2) }, () => this.tree(type, claim, d)),
    );
  }

  power(type: Type, d: number): Tree {
    const isSquare = type.kind === 'matrix' && sameDim(must(type.dims[0]), must(type.dims[1]));
    if (isSquare && this.chance(0.6)) {
      const whole = this.pick(['2', '3']);
      return this.wrap(type, 'any', [this.tree(type, 'any', d)], ([X]) => `${X}^${whole}`);
    }
    const op = type.kind === 'scalar' ? '^' : '.^';
    if (!this.#rational && this.chance(0.3)) {
      const exponent = this.pick(['0.5', '(-1)', '1.5', '(-2)', '(1/3)']);
      return this.wrap(type, 'positive', [this.tree(type, 'positive', d)], ([x]) => `${x}${op}${exponent}`);
    }
    const exponent = this.pick(['2', '3', '4']);
    return this.wrap(type, 'any', [this.tree(type, 'any', d)], ([x]) => `${x}${op}${exponent}`);
  }

  transpose(t: Tree): Tree {
    const kind = ({ vector: 'row', row: 'vector' } as const)[t.type.kind as 'vector'] ?? t.type.kind;
    return this.wrap(
      { kind, dims: t.type.dims.toReversed() },
      t.claim === 'invertible' ? 'any' : t.claim,
      [t],
      ([x]) => `${x}'`,
    );
  }

  transposed(type: Type, d: number): Tree {
    const kind = ({ vector: 'row', row: 'vector' } as const)[type.kind as 'vector'] ?? type.kind;
    return this.transpose(this.tree({ kind, dims: type.dims.toReversed() }, 'any', d));
  }

  /** Matrix products that give the type. */
  product(type: Type, d: number): Tree | undefined {
    const of = (a: Type, b: Type): Tree =>
      this.wrap(type, 'any', [this.tree(a, 'any', d), this.tree(b, 'any', d)], ([x, y]) => `${x}*${y}`);
    const k = this.anyDim();
    const row = (n: Dim): Type => ({ kind: 'row', dims: [n] });
    const [m, n] = type.dims;
    switch (type.kind) {
      case 'scalar': {
        if (this.chance(0.3)) return this.scalarProduct(d);
        if (this.chance(0.5)) return this.quadratic(d);
        return of(row(k), this.vector(k));
      }
      case 'vector':
        return of(this.matrix(must(m), k), this.vector(k));
      case 'row':
        return of(row(k), this.matrix(k, must(m)));
      case 'matrix':
        return this.chance(0.25)
          ? of(this.vector(must(m)), row(must(n)))
          : of(this.matrix(must(m), k), this.matrix(k, must(n)));
      default:
        return this.einsum(type, d);
    }
  }

  scalarProduct(d: number): Tree {
    return commutative(
      '*',
      scalarType(),
      'any',
      Array.from({ length: 2 + this.#random.integer(2) }, () => this.tree(scalarType(), 'any', d)),
    );
  }

  quadratic(d: number): Tree {
    const n = this.anyDim();
    const [x, A] = [
      this.tree(this.vector(n), 'any', d - 1),
      this.tree(this.matrix(n, n), this.chance(0.3) ? 'symmetric' : 'any', d - 1),
    ];
    return this.wrap(scalarType(), 'any', [x, A, x], ([a, b, c]) => `${a}'*${b}*${c}`);
  }

  // Functions of the table.

  call(type: Type, claim: Claim, d: number): Tree | undefined {
    const usable = calls.filter((c) => this.fits(c, type));
    // Element-wise functions have one form each; without a draw by family they would be nearly all.
    const families = [...new Set(usable.map((c) => c.record.family))];
    if (families.length === 0) return undefined;
    const family = this.pick(families);
    const made = this.callOf(this.oneOf(usable.filter((c) => c.record.family === family)), type, d);
    return made && { ...made, claim };
  }

  /** Derivatives of matrix functions are many, and dear. */
  oneOf(usable: readonly Call[]): Call {
    const plain = usable.filter((c) => !/^d\d?(det|[a-z]+m)$/.test(c.name));
    return this.pick(plain.length > 0 && this.chance(0.8) ? plain : usable);
  }

  fits(c: Call, type: Type): boolean {
    if (type.kind === 'scalar' && c.record.family === 'structure') return false;
    if (
      this.#rational &&
      !(
        c.record.op?.modular ||
        (!c.record.op && c.record.family === 'structure') ||
        ['sum', 'tr', 'rowsum', 'colsum', 'dot'].includes(c.name)
      )
    )
      return false;
    if (c.result.kind === 'any') return true;
    if (c.result.kind !== type.kind || c.result.sizes.length !== type.dims.length) return false;
    const bound = new Map<string, Dim>();
    return c.result.sizes.every((s, i) => {
      const mine = must(type.dims[i]);
      if (!/^[a-z]$/.test(s)) return false;
      const known = bound.get(s);
      bound.set(s, mine);
      return known === undefined || sameDim(known, mine);
    });
  }

  callOf(c: Call, type: Type, d: number): Tree | undefined {
    const bound = new Map<string, Dim>();
    if (c.result.kind !== 'any') c.result.sizes.forEach((s, i) => bound.set(s, must(type.dims[i])));
    const dimOf = (s: string): Dim | undefined => {
      if (/^\d+$/.test(s)) return dim(Number(s));
      const smaller = /^min\((\w+), (\w+)\)$/.exec(s);
      if (smaller) return minDims(must(dimOf(must(smaller[1]))), must(dimOf(must(smaller[2]))));
      return s
        .split('*')
        .map((name) => {
          const known = bound.get(name) ?? this.anyDim();
          bound.set(name, known);
          return known;
        })
        .reduce(mulDims, dim(1));
    };
    const common: Type = c.result.kind === 'any' ? type : this.type(this.pick(['vector', 'matrix', 'vector', 'row']));
    const args: Tree[] = [];
    for (const [k, p] of c.params.entries()) {
      const claim = claimOfArgument(c, k);
      if (k === 0 && isFirstALiteral(c)) {
        args.push(this.numberTree(this.pick(['1', '2'])));
        continue;
      }
      if (p.kind === 'size') {
        const of = dimOf(must(p.sizes[0]));
        if (!of) return undefined;
        args.push(this.numberTree(of.key));
        continue;
      }
      const dims = p.sizes.map(dimOf);
      if (dims.includes(undefined)) return undefined;
      const mine: Type =
        p.kind === 'any'
          ? args.some((a) => sameType(a.type, common)) && this.chance(0.2)
            ? scalarType()
            : common
          : { kind: p.kind as Kind, dims: dims as Dim[] };
      if (mine.kind === 'scalar' && ['symmetric', 'definite', 'invertible'].includes(claim)) return undefined;
      const size = c.params.length > 1 ? d - 1 : d;
      const isSmallDim = mine.dims.every((x) => (dimValue(x) ?? 1) < 30);
      if (!isSmallDim) return undefined;
      // Compound matrices are often of less than full rank, or have repeated eigenvalues; there derivatives do not exist.
      const isGeneric = c.record.family === 'spectral' || c.name === 'pinv';
      args.push(isGeneric ? this.generic(mine, claim) : this.tame(this.tree(mine, claim, size)));
    }
    // A vector whose size is a product is there for reshape: k = m*n.
    if (c.params.some((p) => p.kind === 'size')) return this.reshape(c, args, type);
    return this.named(c.name, args, type);
  }

  reshape(c: Call, args: readonly Tree[], type: Type): Tree | undefined {
    const [first] = args;
    if (c.params[0]?.kind !== 'vector' || !first) return undefined;
    const [m, n] = type.dims as [Dim, Dim];
    const whole = this.leaf(this.vector(mulDims(m, n)), 'any');
    return this.named(c.name, [whole, this.numberTree(m.key), this.numberTree(n.key)], type);
  }

  /** A function of the user, whose derivative stays a symbol. */
  declared(type: Type, d: number): Tree {
    const name = this.pick(['f', 'h']);
    return { ...this.named(name, [this.tree(type, 'any', d)], type), declares: name };
  }

  named(name: string, args: readonly Tree[], type: Type): Tree {
    return {
      type,
      claim: 'any',
      parts: args,
      isAtom: true,
      write: (texts) => `${name}(${texts.map(unbracketed).join(', ')})`,
    };
  }

  // Einsum and index notation.

  einsum(type: Type, d: number): Tree | undefined {
    if (type.kind === 'row') return undefined;
    const letters = 'ijklpq';
    const out = type.dims.map((_, i) => must(letters[i]));
    const dims = new Map(out.map((l, i) => [l, must(type.dims[i])]));
    const [o0, o1] = out;
    if (out.length === 2 && o0 !== undefined && sameDim(must(dims.get(o0)), must(type.dims[1])) && this.chance(0.12))
      out[1] = o0;
    // Summed labels, some of which may stand in one operand alone.
    const inner = this.#random.integer(3);
    for (let k = 0; k < inner; k++) dims.set(must(letters[type.dims.length + k]), this.anyDim());
    const usable = [...dims.keys()].filter((l) => l !== o1 || out.includes(l));
    const count = 1 + this.#random.integer(3);
    const operands = Array.from({ length: count }, () => {
      const order = this.#random.integer(4);
      return Array.from({ length: usable.length === 0 ? 0 : order }, () => this.pick(usable));
    });
    // A label of the result that stands nowhere is repeated; most of the time one operand gets it.
    for (const l of new Set(out))
      if (!operands.flat().includes(l) && this.chance(0.85)) operands[this.#random.integer(count)]!.push(l);
    if (operands.some((o) => o.length > 3) || operands.flat().length === 0) return undefined;
    const isOut = (l: string): boolean => operands.flat().includes(l);
    // A label of the result alone is repeated; its size comes from the rest of the expression.
    if (!out.every(isOut) && this.chance(0.5)) return undefined;
    const args = operands.map((o) => {
      const kind: Kind = (['scalar', 'vector', 'matrix', 'tensor'] as const)[o.length]!;
      return this.tree({ kind, dims: o.map((l) => must(dims.get(l))) }, 'any', d - 1);
    });
    return einsumTree(type, args, operands, out.join(''));
  }

  /** Blocks, slices, entries and index sums, and functions whose result has no plain dims. */
  piece(type: Type, d: number): Tree | undefined {
    const [m, n] = type.dims;
    switch (type.kind) {
      case 'scalar': {
        const u = this.#random.uniform();
        if (u < 0.3) return this.indexSum(d);
        if (u < 0.45) return this.wrap(type, 'any', [this.tree(this.vector(), 'any', d)], ([x]) => `${x}[2]`);
        if (u < 0.6) return this.wrap(type, 'any', [this.tree(this.matrix(), 'any', d)], ([X]) => `${X}[1, 2]`);
        return this.stacked(d);
      }
      case 'vector': {
        const length = dimValue(must(m));
        if (length !== undefined && this.chance(0.5)) {
          return this.wrap(
            type,
            'any',
            [this.tree(this.vector(dim(length + 2)), 'any', d)],
            ([x]) => `${x}[2:${length + 1}]`,
          );
        }
        return this.wrap(type, 'any', [this.tree(this.matrix(must(m)), 'any', d)], ([X]) => `${X}[:, 1]`);
      }
      case 'matrix': {
        const size = dimValue(must(m));
        if (size === undefined || size < 3) return this.einsum(type, d);
        if (this.chance(0.5))
          return this.wrap(
            type,
            'any',
            [this.tree(this.matrix(dim(size + 1), must(n)), 'any', d)],
            ([X]) => `${X}[2:${size + 1}, :]`,
          );
        const [top, rest] = [
          this.tree(this.matrix(dim(1), must(n)), 'any', d - 1),
          this.tree(this.matrix(dim(size - 1), must(n)), 'any', d - 1),
        ];
        return { ...this.wrap(type, 'any', [top, rest], ([a, b]) => `[${a}; ${b}]`), isAtom: true };
      }
      default:
        return undefined;
    }
  }

  /** Functions of the table whose result has dims such as m*p. */
  wide(type: Type, d: number): Tree | undefined {
    const usable = calls.filter(
      (c) => c.result.sizes.length > 0 && (c.result.sizes.length > 2 || c.result.sizes.some((s) => /\W/.test(s))),
    );
    if (this.#rational || type.kind !== 'scalar') return undefined;
    const inner = this.callOf({ ...this.oneOf(usable), result: { kind: 'any', sizes: [] } }, scalarType(), d);
    return inner && this.named(this.pick(['sum', 'norm1']), [inner], scalarType());
  }

  stacked(d: number): Tree | undefined {
    if (this.chance(0.4)) return this.wide(scalarType(), d);
    const [m, n] = [this.anyDim(), this.anyDim()];
    if (this.chance(0.5)) {
      const block: Tree = {
        ...this.wrap(
          this.vector(addDims(m, n)),
          'any',
          [this.tree(this.vector(m), 'any', d - 1), this.tree(this.vector(n), 'any', d - 1)],
          ([x, y]) => `[${x}; ${y}]`,
        ),
        isAtom: true,
      };
      const weight = this.leaf(this.vector(addDims(m, n)), 'any');
      return this.wrap(scalarType(), 'any', [weight, block], ([w, b]) => `${w}'*${b}`);
    }
    const k = this.anyDim();
    const block: Tree = {
      ...this.wrap(
        this.matrix(m, addDims(n, k)),
        'any',
        [this.tree(this.matrix(m, n), 'any', d - 1), this.tree(this.matrix(m, k), 'any', d - 1)],
        ([x, y]) => `[${x}, ${y}]`,
      ),
      isAtom: true,
    };
    return this.named('sum', [this.wrap(block.type, 'any', [block], ([b]) => `${b}.^2`)], scalarType());
  }

  indexSum(d: number): Tree {
    const labels = ['i', 'j', 'l'].slice(0, 1 + this.#random.integer(3));
    const dims = labels.map(() => this.anyDim());
    const factors: { tree: Tree; text: (t: string) => string }[] = [];
    const count = 1 + this.#random.integer(3);
    const used = new Set<number>();
    for (let f = 0; f < count || labels.some((_, k) => !used.has(k)); f++) {
      const order = 1 + this.#random.integer(2);
      const axes = Array.from({ length: order }, () => this.#random.integer(labels.length));
      axes.forEach((a) => used.add(a));
      const type: Type = { kind: order === 1 ? 'vector' : 'matrix', dims: axes.map((a) => must(dims[a])) };
      const indices = `[${axes.map((a) => must(labels[a])).join(',')}]`;
      const shape = this.#rational ? '' : this.pick(['', '', 'exp', 'tanh', '^2']);
      const entry = (t: string): string =>
        shape === '^2' ? `${t}${indices}^2` : shape === '' ? t + indices : `${shape}(${t}${indices})`;
      factors.push({ tree: this.chance(0.8) ? this.leaf(type, 'any') : this.tree(type, 'any', d - 1), text: entry });
      if (f > 5) break;
    }
    const missing = labels.filter((_, k) => !used.has(k));
    const bound = labels.filter((l) => !missing.includes(l));
    return {
      type: scalarType(),
      claim: 'any',
      parts: factors.map((f) => f.tree),
      isAtom: true,
      write: (texts) => `sum[${bound.join(',')}](${texts.map((t, i) => must(factors[i]).text(t)).join('*')})`,
    };
  }

  /** A matrix as an equation between entries. */
  equation(d: number): Tree {
    const [m, k, n] = [this.anyDim(), this.anyDim(), this.anyDim()];
    const [A, B] = [this.tree(this.matrix(m, k), 'any', d - 2), this.tree(this.matrix(k, n), 'any', d - 2)];
    return this.wrap(this.matrix(m, n), 'any', [A, B], ([a, b]) => `R[i,j] = ${a}[i,l]*${b}[l,j]`);
  }
}

function unbracketed(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let open = 0;
  for (const [i, c] of [...text].entries()) {
    if (c === '(') open++;
    else if (c === ')' && --open === 0 && i < text.length - 1) return text;
  }
  return text.slice(1, -1);
}

function sumTree(type: Type, claim: Claim, parts: readonly Tree[], signs: readonly string[]): Tree {
  return {
    type,
    claim,
    parts,
    isAtom: false,
    write: (texts) => texts.map((t, i) => (i === 0 && signs[i] === '+' ? t : `${must(signs[i])}${t}`)).join(''),
    exchange: (order) =>
      sumTree(
        type,
        claim,
        order.map((i) => must(parts[i])),
        order.map((i) => must(signs[i])),
      ),
    drop: (i, now) =>
      now.length > 1 && now.some((p, k) => k !== i && sameType(p.type, type))
        ? sumTree(type, claim, now.toSpliced(i, 1), signs.toSpliced(i, 1))
        : undefined,
  };
}

function commutative(op: string, type: Type, claim: Claim, parts: readonly Tree[]): Tree {
  return {
    type,
    claim,
    parts,
    isAtom: false,
    write: (texts) => texts.join(op),
    exchange: (order) =>
      commutative(
        op,
        type,
        claim,
        order.map((i) => must(parts[i])),
      ),
    drop: (i, now) =>
      now.length > 1 && now.some((p, k) => k !== i && sameType(p.type, type))
        ? commutative(op, type, claim, now.toSpliced(i, 1))
        : undefined,
  };
}

function einsumTree(type: Type, args: readonly Tree[], operands: readonly (readonly string[])[], out: string): Tree {
  return {
    type,
    claim: 'any',
    parts: args,
    isAtom: true,
    write: (texts) => `#(${operands.map((o) => o.join('')).join(',')}->${out}; ${texts.map(unbracketed).join(', ')})`,
    exchange: (order) =>
      einsumTree(
        type,
        order.map((i) => must(args[i])),
        order.map((i) => must(operands[i])),
        out,
      ),
  };
}
