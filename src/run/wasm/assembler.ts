// A typed WebAssembly assembler.  Values are expressions (immutable trees of bytes, evaluated where they are
// placed); a body collects statements.  Core specification 2.0, section 5 (binary format).
//
//   const bytes = assemble((module) => {
//     module.function('hypot', { x: 'f64', y: 'f64' }, 'f64', (_, { x, y }) =>
//       f64.sqrt(f64.add(f64.mul(x, x), f64.mul(y, y))));
//   });

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** Bytes, nested as they were put together; a thunk stands for bytes known only when the module is complete. */
export type Code = number | readonly Code[] | (() => Code);

export interface Value<T extends ValueType> {
  readonly type: T;
  readonly code: Code;
}

/** An expression that reads the local where it is placed, not where it was made. */
export interface Local<T extends ValueType> extends Value<T> {
  readonly index: number;
}

/** Code that leaves nothing on the stack. */
export interface Statement {
  readonly statement: Code;
}

export type I32 = Value<'i32'> | number;
export type I64 = Value<'i64'> | bigint;
export type F64 = Value<'f64'> | number;
export type F32 = Value<'f32'> | number;
export type V128 = Value<'v128'>;

type Params = Readonly<Record<string, ValueType>>;
type Locals<P extends Params> = { readonly [K in keyof P]: Local<P[K]> };

/** A function of the module under assembly, callable from its other functions. */
export interface FunctionRef<R extends ValueType | 'none'> {
  readonly name: string;
  readonly result: R;
  /** Set when the module is complete. */
  readonly index: () => number;
}

export interface ModuleBuilder {
  importMemory(module: string, name: string, limits?: { readonly min?: number; readonly sharedMax?: number }): void;
  importFunction<R extends ValueType | 'none'>(
    module: string,
    name: string,
    params: readonly ValueType[],
    result: R,
  ): FunctionRef<R>;
  /** An exported function; the build returns its result expression unless the result is 'none'. */
  function<P extends Params, R extends ValueType>(
    name: string,
    params: P,
    result: R,
    build: (body: Body, params: Locals<P>) => Value<R>,
  ): FunctionRef<R>;
  function<P extends Params>(
    name: string,
    params: P,
    result: 'none',
    build: (body: Body, params: Locals<P>) => void,
  ): FunctionRef<'none'>;
}

export interface Body {
  /** A new local: zero, or whatever an enclosing loop left there. */
  local<T extends ValueType>(type: T): Local<T>;
  /** A new local that holds the value from here on. */
  let<T extends ValueType>(value: Value<T>): Local<T>;
  set<T extends ValueType>(local: Local<T>, value: Value<T>): void;
  setInt(local: Local<'i32'>, value: number): void;
  do(statement: Statement): void;
  call(callee: FunctionRef<'none'>, ...args: readonly Value<ValueType>[]): void;
  if(condition: I32, then: () => void, otherwise?: () => void): void;
  /** Runs at least once, again as long as the condition given by `step` holds. */
  repeat(step: () => I32): void;
  /** Tests first. */
  while(condition: () => I32, step: () => void): void;
  /** counter = from; while (counter < below, unsigned) { step; counter += by } */
  range(counter: Local<'i32'>, from: I32, below: I32, by: number, step: () => void): void;
  return(value?: Value<ValueType>): void;
}

// ---- numbers in bytes

export function unsigned(value: number): number[] {
  if (value < 128) return [value];
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 128 : low);
  } while (rest > 0);
  return bytes;
}

export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && (low & 64) === 0) || (rest === -1n && (low & 64) !== 0)) return [...bytes, low];
    bytes.push(low | 128);
  }
}

/** signed() for 32 bits, without BigInt. */
function signed32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0)) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 128);
  }
}

function floatBytes(value: number, width: 4 | 8): number[] {
  const view = new DataView(new ArrayBuffer(width));
  if (width === 8) view.setFloat64(0, value, true);
  else view.setFloat32(0, value, true);
  return Array.from(new Uint8Array(view.buffer));
}

const TYPE_BYTE: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

// ---- values

function make<T extends ValueType>(type: T, ...code: Code[]): Value<T> {
  return { type, code };
}

function int(x: I32): Code {
  return typeof x === 'number' ? [0x41, signed32(x)] : x.code;
}

function long(x: I64): Code {
  return typeof x === 'bigint' ? [0x42, signed(BigInt.asIntN(64, x))] : x.code;
}

function double(x: F64): Code {
  return typeof x === 'number' ? [0x44, floatBytes(x, 8)] : x.code;
}

function single(x: F32): Code {
  return typeof x === 'number' ? [0x43, floatBytes(x, 4)] : x.code;
}

function simd(opcode: number): Code {
  return [0xfd, unsigned(opcode)];
}

type Operators<Names extends string, Operator> = Readonly<Record<Names, Operator>>;
type Load<T extends ValueType> = (address: I32, offset?: number) => Value<T>;

const i32Binary = (opcode: number) => (a: I32, b: I32) => make('i32', int(a), int(b), opcode);
const i64Binary = (opcode: number) => (a: I64, b: I64) => make('i64', long(a), long(b), opcode);
const i64Compare = (opcode: number) => (a: I64, b: I64) => make('i32', long(a), long(b), opcode);
const f64Binary = (opcode: number) => (a: F64, b: F64) => make('f64', double(a), double(b), opcode);
const f64Compare = (opcode: number) => (a: F64, b: F64) => make('i32', double(a), double(b), opcode);
const f64Unary = (opcode: number) => (a: F64) => make('f64', double(a), opcode);
const f32Binary = (opcode: number) => (a: F32, b: F32) => make('f32', single(a), single(b), opcode);
const f32Compare = (opcode: number) => (a: F32, b: F32) => make('i32', single(a), single(b), opcode);
const f32Unary = (opcode: number) => (a: F32) => make('f32', single(a), opcode);
/** The opcode's bytes are made once, where the operator is defined. */
function vUnary(opcode: number): (a: V128) => V128 {
  const code = simd(opcode);
  return (a) => make('v128', a.code, code);
}

function vBinary(opcode: number): (a: V128, b: V128) => V128 {
  const code = simd(opcode);
  return (a, b) => make('v128', a.code, b.code, code);
}

function vTernary(opcode: number): (a: V128, b: V128, c: V128) => V128 {
  const code = simd(opcode);
  return (a, b, c) => make('v128', a.code, b.code, c.code, code);
}

function vShift(opcode: number): (a: V128, bits: I32) => V128 {
  const code = simd(opcode);
  return (a, bits) => make('v128', a.code, int(bits), code);
}

function vTest(opcode: number): (a: V128) => Value<'i32'> {
  const code = simd(opcode);
  return (a) => make('i32', a.code, code);
}

/** log2 of the alignment hint, which is never binding. */
const load =
  <T extends ValueType>(type: T, opcode: Code, alignment: number) =>
  (address: I32, offset = 0): Value<T> =>
    make(type, int(address), opcode, alignment, unsigned(offset));

function store(opcode: Code, alignment: number, address: I32, stored: Code, offset: number): Statement {
  return { statement: [int(address), stored, opcode, alignment, unsigned(offset)] };
}

export const i32: Operators<
  | 'eq'
  | 'ne'
  | 'ltS'
  | 'ltU'
  | 'gtS'
  | 'gtU'
  | 'leS'
  | 'leU'
  | 'geS'
  | 'geU'
  | 'add'
  | 'sub'
  | 'mul'
  | 'divU'
  | 'remU'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shrS'
  | 'shrU',
  (a: I32, b: I32) => Value<'i32'>
> & {
  readonly const: (x: number) => Value<'i32'>;
  readonly load: Load<'i32'>;
  readonly store: (address: I32, x: I32, offset?: number) => Statement;
  readonly eqz: (a: I32) => Value<'i32'>;
  readonly fromI64: (a: I64) => Value<'i32'>;
  /** The first where the condition holds, else the second; both are evaluated. */
  readonly select: (condition: I32, a: I32, b: I32) => Value<'i32'>;
} = {
  const: (x: number): Value<'i32'> => make('i32', int(x)),
  load: load('i32', 0x28, 2),
  store: (address: I32, x: I32, offset = 0): Statement => store(0x36, 2, address, int(x), offset),
  eqz: (a: I32): Value<'i32'> => make('i32', int(a), 0x45),
  eq: i32Binary(0x46),
  ne: i32Binary(0x47),
  ltS: i32Binary(0x48),
  ltU: i32Binary(0x49),
  gtS: i32Binary(0x4a),
  gtU: i32Binary(0x4b),
  leS: i32Binary(0x4c),
  leU: i32Binary(0x4d),
  geS: i32Binary(0x4e),
  geU: i32Binary(0x4f),
  add: i32Binary(0x6a),
  sub: i32Binary(0x6b),
  mul: i32Binary(0x6c),
  divU: i32Binary(0x6e),
  remU: i32Binary(0x70),
  and: i32Binary(0x71),
  or: i32Binary(0x72),
  xor: i32Binary(0x73),
  shl: i32Binary(0x74),
  shrS: i32Binary(0x75),
  shrU: i32Binary(0x76),
  fromI64: (a: I64): Value<'i32'> => make('i32', long(a), 0xa7),
  select: (condition: I32, a: I32, b: I32): Value<'i32'> => make('i32', int(a), int(b), int(condition), 0x1b),
};

export const i64: Operators<
  'add' | 'sub' | 'mul' | 'and' | 'or' | 'xor' | 'shl' | 'shrS' | 'shrU',
  (a: I64, b: I64) => Value<'i64'>
> &
  Operators<'eq' | 'ltS' | 'ltU' | 'gtS', (a: I64, b: I64) => Value<'i32'>> & {
    readonly const: (x: bigint) => Value<'i64'>;
    readonly load: Load<'i64'>;
    readonly store: (address: I32, x: I64, offset?: number) => Statement;
    readonly reinterpret: (a: F64) => Value<'i64'>;
  } = {
  const: (x: bigint): Value<'i64'> => make('i64', long(x)),
  load: load('i64', 0x29, 3),
  store: (address: I32, x: I64, offset = 0): Statement => store(0x37, 3, address, long(x), offset),
  eq: i64Compare(0x51),
  ltS: i64Compare(0x53),
  ltU: i64Compare(0x54),
  gtS: i64Compare(0x55),
  add: i64Binary(0x7c),
  sub: i64Binary(0x7d),
  mul: i64Binary(0x7e),
  and: i64Binary(0x83),
  or: i64Binary(0x84),
  xor: i64Binary(0x85),
  shl: i64Binary(0x86),
  shrS: i64Binary(0x87),
  shrU: i64Binary(0x88),
  reinterpret: (a: F64): Value<'i64'> => make('i64', double(a), 0xbd),
};

export const f64: Operators<
  'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'copysign',
  (a: F64, b: F64) => Value<'f64'>
> &
  Operators<'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge', (a: F64, b: F64) => Value<'i32'>> &
  Operators<'abs' | 'neg' | 'ceil' | 'floor' | 'trunc' | 'nearest' | 'sqrt', (a: F64) => Value<'f64'>> & {
    readonly const: (x: number) => Value<'f64'>;
    readonly load: Load<'f64'>;
    readonly store: (address: I32, x: F64, offset?: number) => Statement;
    readonly fromI32: (a: I32) => Value<'f64'>;
    readonly fromF32: (a: F32) => Value<'f64'>;
    readonly reinterpret: (a: I64) => Value<'f64'>;
    readonly select: (condition: I32, a: F64, b: F64) => Value<'f64'>;
  } = {
  const: (x: number): Value<'f64'> => make('f64', double(x)),
  load: load('f64', 0x2b, 3),
  store: (address: I32, x: F64, offset = 0): Statement => store(0x39, 3, address, double(x), offset),
  eq: f64Compare(0x61),
  ne: f64Compare(0x62),
  lt: f64Compare(0x63),
  gt: f64Compare(0x64),
  le: f64Compare(0x65),
  ge: f64Compare(0x66),
  abs: f64Unary(0x99),
  neg: f64Unary(0x9a),
  ceil: f64Unary(0x9b),
  floor: f64Unary(0x9c),
  trunc: f64Unary(0x9d),
  nearest: f64Unary(0x9e),
  sqrt: f64Unary(0x9f),
  add: f64Binary(0xa0),
  sub: f64Binary(0xa1),
  mul: f64Binary(0xa2),
  div: f64Binary(0xa3),
  min: f64Binary(0xa4),
  max: f64Binary(0xa5),
  copysign: f64Binary(0xa6),
  fromI32: (a: I32): Value<'f64'> => make('f64', int(a), 0xb7),
  fromF32: (a: F32): Value<'f64'> => make('f64', single(a), 0xbb),
  reinterpret: (a: I64): Value<'f64'> => make('f64', long(a), 0xbf),
  select: (condition: I32, a: F64, b: F64): Value<'f64'> => make('f64', double(a), double(b), int(condition), 0x1b),
};

export const f32: Operators<'add' | 'sub' | 'mul' | 'div' | 'min' | 'max', (a: F32, b: F32) => Value<'f32'>> &
  Operators<'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge', (a: F32, b: F32) => Value<'i32'>> &
  Operators<'abs' | 'neg' | 'sqrt', (a: F32) => Value<'f32'>> & {
    readonly const: (x: number) => Value<'f32'>;
    readonly load: Load<'f32'>;
    readonly store: (address: I32, x: F32, offset?: number) => Statement;
    readonly fromF64: (a: F64) => Value<'f32'>;
    readonly select: (condition: I32, a: F32, b: F32) => Value<'f32'>;
  } = {
  const: (x: number): Value<'f32'> => make('f32', single(x)),
  load: load('f32', 0x2a, 2),
  store: (address: I32, x: F32, offset = 0): Statement => store(0x38, 2, address, single(x), offset),
  eq: f32Compare(0x5b),
  ne: f32Compare(0x5c),
  lt: f32Compare(0x5d),
  gt: f32Compare(0x5e),
  le: f32Compare(0x5f),
  ge: f32Compare(0x60),
  abs: f32Unary(0x8b),
  neg: f32Unary(0x8c),
  sqrt: f32Unary(0x91),
  add: f32Binary(0x92),
  sub: f32Binary(0x93),
  mul: f32Binary(0x94),
  div: f32Binary(0x95),
  min: f32Binary(0x96),
  max: f32Binary(0x97),
  fromF64: (a: F64): Value<'f32'> => make('f32', double(a), 0xb6),
  select: (condition: I32, a: F32, b: F32): Value<'f32'> => make('f32', single(a), single(b), int(condition), 0x1b),
};

export const v128: Operators<'and' | 'andNot' | 'or' | 'xor', (a: V128, b: V128) => V128> &
  Operators<'load' | 'load32Zero' | 'load64Zero' | 'load32Splat' | 'load64Splat', Load<'v128'>> &
  Operators<'store32Lane' | 'store64Lane', (address: I32, x: V128, lane: number, offset?: number) => Statement> &
  Operators<'select' | 'relaxedSelect64', (mask: V128, a: V128, b: V128) => V128> & {
    readonly store: (address: I32, x: V128, offset?: number) => Statement;
    readonly zero: () => V128;
    readonly not: (a: V128) => V128;
    readonly anyTrue: (a: V128) => Value<'i32'>;
    readonly shuffle: (a: V128, b: V128, lanes: readonly number[]) => V128;
  } = {
  load: load('v128', simd(0x00), 4),
  /** Lane 0 from memory, zero elsewhere. */
  load32Zero: load('v128', simd(0x5c), 2),
  load64Zero: load('v128', simd(0x5d), 3),
  load32Splat: load('v128', simd(0x09), 2),
  load64Splat: load('v128', simd(0x0a), 3),
  store: (address: I32, x: V128, offset = 0): Statement => store(simd(0x0b), 4, address, x.code, offset),
  store32Lane: (address: I32, x: V128, lane: number, offset = 0): Statement => ({
    statement: [int(address), x.code, simd(0x5a), 2, unsigned(offset), lane],
  }),
  store64Lane: (address: I32, x: V128, lane: number, offset = 0): Statement => ({
    statement: [int(address), x.code, simd(0x5b), 3, unsigned(offset), lane],
  }),
  /** Sixteen zero bytes: the one constant that costs nothing (an xor). */
  zero: (): V128 => make('v128', simd(0x0c), new Array<number>(16).fill(0)),
  not: vUnary(0x4d),
  and: vBinary(0x4e),
  /** a and not b */
  andNot: vBinary(0x4f),
  or: vBinary(0x50),
  xor: vBinary(0x51),
  /** Bits of a where the mask has ones, of b elsewhere. */
  select: (mask: V128, a: V128, b: V128): V128 => make('v128', a.code, b.code, mask.code, simd(0x52)),
  /** select for masks whose lanes are all ones or all zeros; one instruction, needs relaxed SIMD. */
  relaxedSelect64: (mask: V128, a: V128, b: V128): V128 => make('v128', a.code, b.code, mask.code, simd(0x10c)),
  anyTrue: vTest(0x53),
  /** Lanes are bytes 0–15 of a and 16–31 of b. */
  shuffle: (a: V128, b: V128, lanes: readonly number[]): V128 => make('v128', a.code, b.code, simd(0x0d), lanes),
};

export const i32x4: Operators<'add' | 'sub' | 'mul' | 'eq' | 'ltS' | 'gtS', (a: V128, b: V128) => V128> &
  Operators<'shl' | 'shrS' | 'shrU', (a: V128, bits: I32) => V128> & {
    readonly splat: (x: I32) => V128;
    readonly lane: (a: V128, lane: number) => Value<'i32'>;
  } = {
  splat: (x: I32): V128 => make('v128', int(x), simd(0x11)),
  lane: (a: V128, lane: number): Value<'i32'> => make('i32', a.code, simd(0x1b), lane),
  shl: vShift(0xab),
  shrS: vShift(0xac),
  shrU: vShift(0xad),
  add: vBinary(0xae),
  sub: vBinary(0xb1),
  mul: vBinary(0xb5),
  eq: vBinary(0x37),
  ltS: vBinary(0x39),
  gtS: vBinary(0x3b),
};

export const i64x2: Operators<'add' | 'sub' | 'eq', (a: V128, b: V128) => V128> &
  Operators<'shl' | 'shrU', (a: V128, bits: I32) => V128> & {
    readonly splat: (x: I64) => V128;
    readonly lane: (a: V128, lane: number) => Value<'i64'>;
    readonly bitmask: (a: V128) => Value<'i32'>;
  } = {
  splat: (x: I64): V128 => make('v128', long(x), simd(0x12)),
  lane: (a: V128, lane: number): Value<'i64'> => make('i64', a.code, simd(0x1d), lane),
  bitmask: vTest(0xc4),
  shl: vShift(0xcb),
  shrU: vShift(0xcd),
  add: vBinary(0xce),
  sub: vBinary(0xd1),
  eq: vBinary(0xd6),
};

export const f64x2: Operators<
  'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge' | 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pmin' | 'pmax',
  (a: V128, b: V128) => V128
> &
  Operators<'floor' | 'ceil' | 'trunc' | 'nearest' | 'abs' | 'neg' | 'sqrt', (a: V128) => V128> &
  Operators<'relaxedMadd' | 'relaxedNmadd', (a: V128, b: V128, c: V128) => V128> & {
    readonly splat: (x: F64) => V128;
    readonly lane: (a: V128, lane: number) => Value<'f64'>;
    readonly replaceLane: (a: V128, lane: number, x: F64) => V128;
    /** The two low lanes of four singles. */
    readonly promoteLow: (a: V128) => V128;
  } = {
  splat: (x: F64): V128 => make('v128', double(x), simd(0x14)),
  promoteLow: vUnary(0x5f),
  lane: (a: V128, lane: number): Value<'f64'> => make('f64', a.code, simd(0x21), lane),
  replaceLane: (a: V128, lane: number, x: F64): V128 => make('v128', a.code, double(x), simd(0x22), lane),
  eq: vBinary(0x47),
  ne: vBinary(0x48),
  lt: vBinary(0x49),
  gt: vBinary(0x4a),
  le: vBinary(0x4b),
  ge: vBinary(0x4c),
  floor: vUnary(0x75),
  ceil: vUnary(0x74),
  trunc: vUnary(0x7a),
  nearest: vUnary(0x94),
  abs: vUnary(0xec),
  neg: vUnary(0xed),
  sqrt: vUnary(0xef),
  add: vBinary(0xf0),
  sub: vBinary(0xf1),
  mul: vBinary(0xf2),
  div: vBinary(0xf3),
  /** NaN when either is NaN; several instructions on x86. */
  min: vBinary(0xf4),
  max: vBinary(0xf5),
  /** b < a ? b : a, one instruction. */
  pmin: vBinary(0xf6),
  /** a < b ? b : a, one instruction. */
  pmax: vBinary(0xf7),
  /** a·b + c, fused or not as the machine likes. */
  relaxedMadd: vTernary(0x107),
  /** c - a·b, likewise. */
  relaxedNmadd: vTernary(0x108),
};

export const f32x4: Operators<'add' | 'sub' | 'mul' | 'div' | 'pmin' | 'pmax', (a: V128, b: V128) => V128> &
  Operators<'abs' | 'neg' | 'sqrt', (a: V128) => V128> &
  Operators<'relaxedMadd' | 'relaxedNmadd', (a: V128, b: V128, c: V128) => V128> & {
    readonly splat: (x: F32) => V128;
    readonly lane: (a: V128, lane: number) => Value<'f32'>;
    /** Two doubles as the two low lanes, zero above. */
    readonly demote: (a: V128) => V128;
  } = {
  demote: vUnary(0x5e),
  splat: (x: F32): V128 => make('v128', single(x), simd(0x13)),
  lane: (a: V128, lane: number): Value<'f32'> => make('f32', a.code, simd(0x1f), lane),
  abs: vUnary(0xe0),
  neg: vUnary(0xe1),
  sqrt: vUnary(0xe3),
  add: vBinary(0xe4),
  sub: vBinary(0xe5),
  mul: vBinary(0xe6),
  div: vBinary(0xe7),
  pmin: vBinary(0xea),
  pmax: vBinary(0xeb),
  relaxedMadd: vTernary(0x105),
  relaxedNmadd: vTernary(0x106),
};

/** The result of a call, as an expression. */
export function call<R extends ValueType>(callee: FunctionRef<R>, ...args: readonly Value<ValueType>[]): Value<R> {
  return make(callee.result, callCode(callee, args));
}

function callCode(callee: FunctionRef<ValueType | 'none'>, args: readonly Value<ValueType>[]): Code {
  return [args.map((arg) => arg.code), 0x10, () => unsigned(callee.index())];
}

// ---- bodies

interface OpenBody extends Body {
  readonly types: ValueType[];
  readonly statements: Code[];
}

const EMPTY_BLOCK = 0x40;
const END = 0x0b;

function openBody(paramCount: number): OpenBody {
  const types: ValueType[] = [];
  const statements: Code[] = [];
  let current = statements;

  const local = <T extends ValueType>(type: T): Local<T> => {
    const index = paramCount + types.length;
    types.push(type);
    return localValue(type, index);
  };
  const set = <T extends ValueType>(target: Local<T>, to: Value<T>): void => {
    current.push([to.code, 0x21, unsigned(target.index)]);
  };
  const collect = (build: () => void): Code[] => {
    const outer = current;
    const inner: Code[] = [];
    current = inner;
    build();
    current = outer;
    return inner;
  };
  const whileLoop = (condition: () => I32, step: () => void): void => {
    const inner = collect(step);
    // block { loop { br_if 1 (not condition); …; br 0 } }
    const test = [int(condition()), 0x45, 0x0d, 1];
    current.push([0x02, EMPTY_BLOCK, 0x03, EMPTY_BLOCK, test, inner, 0x0c, 0, END, END]);
  };
  return {
    types,
    statements,
    local,
    set,
    let: (from) => {
      const target = local(from.type);
      set(target, from);
      return target;
    },
    setInt: (target, to) => set(target, i32.const(to)),
    do: ({ statement }) => void current.push(statement),
    call: (callee, ...args) => void current.push(callCode(callee, args)),
    if: (condition, then, otherwise) => {
      const inner = collect(then);
      const other = otherwise === undefined ? [] : [0x05, collect(otherwise)];
      current.push([int(condition), 0x04, EMPTY_BLOCK, inner, other, END]);
    },
    repeat: (step) => {
      let again: I32 = 0;
      const inner = collect(() => {
        again = step();
      });
      current.push([0x03, EMPTY_BLOCK, inner, int(again), 0x0d, 0, END]);
    },
    while: whileLoop,
    range: (counter, from, below, by, step) => {
      current.push([int(from), 0x21, unsigned(counter.index)]);
      whileLoop(
        () => i32.ltU(counter, below),
        () => {
          step();
          set(counter, i32.add(counter, by));
        },
      );
    },
    return: (from) => void current.push([from?.code ?? [], 0x0f]),
  };
}

function localValue<T extends ValueType>(type: T, index: number): Local<T> {
  return { type, index, code: [0x20, unsigned(index)] };
}

// ---- modules

interface Declared {
  readonly params: readonly ValueType[];
  readonly result: ValueType | 'none';
}

/** The bytes of a module. */
export function assemble(build: (module: ModuleBuilder) => void): Uint8Array<ArrayBuffer> {
  const imports: Code[] = [];
  const importedFunctions: Declared[] = [];
  const functions: (Declared & { readonly name: string; readonly body: OpenBody })[] = [];

  build({
    importMemory: (from, name, { min = 1, sharedMax } = {}) => {
      const limits = sharedMax === undefined ? [0x00, unsigned(min)] : [0x03, unsigned(min), unsigned(sharedMax)];
      imports.push([text(from), text(name), 0x02, limits]);
    },
    importFunction: (from, name, params, result) => {
      const index = importedFunctions.length;
      importedFunctions.push({ params, result });
      imports.push([text(from), text(name), 0x00, () => unsigned(typeIndex(importedFunctions[index]!))]);
      return { name, result, index: () => index };
    },
    function: <P extends Params, R extends ValueType | 'none'>(
      name: string,
      params: P,
      result: R,
      define: (body: Body, params: Locals<P>) => Value<ValueType> | void,
    ): FunctionRef<R> => {
      const entries = Object.entries(params);
      const body = openBody(entries.length);
      const position = functions.length;
      functions.push({ name, params: entries.map(([, type]) => type), result, body });
      const locals = Object.fromEntries(entries.map(([key, type], i) => [key, localValue(type, i)]));
      const last = define(body, locals as Locals<P>);
      if (result !== 'none' && last) body.statements.push(last.code);
      return { name, result, index: () => importedFunctions.length + position };
    },
  });

  const signatures: string[] = [];
  const typeCodes: Code[] = [];
  function typeIndex({ params, result }: Declared): number {
    const key = `${params.join()}:${result}`;
    const found = signatures.indexOf(key);
    if (found >= 0) return found;
    signatures.push(key);
    const results = result === 'none' ? [] : [TYPE_BYTE[result]];
    typeCodes.push([0x60, vector(params.map((type) => TYPE_BYTE[type])), vector(results)]);
    return signatures.length - 1;
  }

  const importSection = section(2, vector(imports));
  const functionSection = section(3, vector(functions.map((f) => unsigned(typeIndex(f)))));
  const exportSection = section(
    7,
    vector(functions.map((f, i) => [text(f.name), 0x00, unsigned(importedFunctions.length + i)])),
  );
  const codeSection = section(
    10,
    vector(functions.map(({ body }) => sized([localGroups(body.types), body.statements, END]))),
  );
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return Uint8Array.from([
    ...header,
    ...section(1, vector(typeCodes)),
    ...importSection,
    ...functionSection,
    ...exportSection,
    ...codeSection,
  ]);
}

/** Runs of equal types: [count, type] each. */
function localGroups(types: readonly ValueType[]): Code {
  const groups: { count: number; readonly type: ValueType }[] = [];
  for (const type of types) {
    const last = groups.at(-1);
    if (last?.type === type) last.count++;
    else groups.push({ count: 1, type });
  }
  return vector(groups.map(({ count, type }) => [unsigned(count), TYPE_BYTE[type]]));
}

function text(name: string): Code {
  return vector(Array.from(new TextEncoder().encode(name)));
}

function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function sized(code: Code): number[] {
  const bytes = flatten(code);
  return unsigned(bytes.length).concat(bytes);
}

function section(id: number, content: Code): number[] {
  return [id].concat(sized(content));
}

function flatten(code: Code): number[] {
  const bytes: number[] = [];
  const visit = (part: Code): void => {
    if (typeof part === 'number') bytes.push(part);
    else if (typeof part === 'function') visit(part());
    else for (const inner of part) visit(inner);
  };
  visit(code);
  return bytes;
}
