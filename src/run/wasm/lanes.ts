// The element type as a parameter of the emitters: f64 in pairs or f32 in fours.

import { f32, f32x4, f64, f64x2, v128 } from './assembler.ts';
import type { F32, F64, I32, Statement, V128, Value } from './assembler.ts';
import type { Features } from './features.ts';

export type Real = 'f64' | 'f32';

/** A scalar expression of the chosen type. */
export type Scalar = Value<Real>;

export interface Lanes {
  readonly real: Real;
  readonly bytes: 8 | 4;
  readonly lanes: 2 | 4;
  readonly add: (a: V128, b: V128) => V128;
  readonly sub: (a: V128, b: V128) => V128;
  readonly mul: (a: V128, b: V128) => V128;
  readonly div: (a: V128, b: V128) => V128;
  readonly abs: (a: V128) => V128;
  readonly pmax: (a: V128, b: V128) => V128;
  /** a·b + c; the operands are placed once. */
  readonly madd: (a: V128, b: V128, c: V128) => V128;
  /** c - a·b */
  readonly nmadd: (a: V128, b: V128, c: V128) => V128;
  readonly splat: (x: Scalar) => V128;
  readonly loadSplat: (address: I32, offset?: number) => V128;
  /** The sum of the lanes; `x` is placed once per lane. */
  readonly sumLanes: (x: V128) => Scalar;
  readonly lane: (x: V128, lane: number) => Scalar;
  readonly scalar: {
    readonly const: (x: number) => Scalar;
    readonly load: (address: I32, offset?: number) => Scalar;
    readonly store: (address: I32, x: Scalar, offset?: number) => Statement;
    readonly add: (a: Scalar, b: Scalar) => Scalar;
    readonly sub: (a: Scalar, b: Scalar) => Scalar;
    readonly mul: (a: Scalar, b: Scalar) => Scalar;
    readonly div: (a: Scalar, b: Scalar) => Scalar;
    readonly abs: (a: Scalar) => Scalar;
    readonly sqrt: (a: Scalar) => Scalar;
    readonly max: (a: Scalar, b: Scalar) => Scalar;
    readonly select: (condition: I32, a: Scalar, b: Scalar) => Scalar;
    readonly gt: (a: Scalar, b: Scalar) => Value<'i32'>;
  };
}

export function lanesOf(real: Real, { relaxed }: Features): Lanes {
  return real === 'f64' ? doubles(relaxed) : singles(relaxed);
}

function doubles(relaxed: boolean): Lanes {
  const { add, sub, mul, div, abs, pmax, lane } = f64x2;
  return {
    real: 'f64',
    bytes: 8,
    lanes: 2,
    add,
    sub,
    mul,
    div,
    abs,
    pmax,
    lane,
    madd: relaxed ? f64x2.relaxedMadd : (a, b, c) => add(c, mul(a, b)),
    nmadd: relaxed ? f64x2.relaxedNmadd : (a, b, c) => sub(c, mul(a, b)),
    splat: (x) => f64x2.splat(x as F64),
    loadSplat: v128.load64Splat,
    sumLanes: (x) => f64.add(lane(x, 0), lane(x, 1)),
    scalar: f64 as unknown as Lanes['scalar'],
  };
}

function singles(relaxed: boolean): Lanes {
  const { add, sub, mul, div, abs, pmax, lane } = f32x4;
  return {
    real: 'f32',
    bytes: 4,
    lanes: 4,
    add,
    sub,
    mul,
    div,
    abs,
    pmax,
    lane,
    madd: relaxed ? f32x4.relaxedMadd : (a, b, c) => add(c, mul(a, b)),
    nmadd: relaxed ? f32x4.relaxedNmadd : (a, b, c) => sub(c, mul(a, b)),
    splat: (x) => f32x4.splat(x as F32),
    loadSplat: v128.load32Splat,
    sumLanes: (x) => f32.add(f32.add(lane(x, 0), lane(x, 1)), f32.add(lane(x, 2), lane(x, 3))),
    scalar: f32 as unknown as Lanes['scalar'],
  };
}
