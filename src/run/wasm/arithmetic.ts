// Arithmetic on vectors side by side, for functions of numbers.

import { f64x2, v128 } from './assembler.ts';
import type { Body, V128 } from './assembler.ts';
import type { Constants } from './constants.ts';
import type { Wide } from './site.ts';
import type { Features } from './features.ts';

/** An operand of one vector stands for all. Results are in locals. */
export interface Arithmetic {
  readonly add: (a: Wide, b: Wide) => Wide;
  readonly sub: (a: Wide, b: Wide) => Wide;
  readonly mul: (a: Wide, b: Wide) => Wide;
  readonly div: (a: Wide, b: Wide) => Wide;
  readonly neg: (a: Wide) => Wide;
  readonly abs: (a: Wide) => Wide;
  readonly sqrt: (a: Wide) => Wide;
  /** a b + c */
  readonly madd: (a: Wide, b: Wide, c: Wide) => Wide;
  readonly max: (a: Wide, b: Wide) => Wide;
  readonly min: (a: Wide, b: Wide) => Wide;
  /** a < b ? b : a */
  readonly pmax: (a: Wide, b: Wide) => Wide;
  readonly lt: (a: Wide, b: Wide) => Wide;
  readonly gt: (a: Wide, b: Wide) => Wide;
  readonly le: (a: Wide, b: Wide) => Wide;
  readonly and: (a: Wide, b: Wide) => Wide;
  readonly select: (mask: Wide, a: Wide, b: Wide) => Wide;
  readonly number: (value: number) => Wide;
}

export function arithmetic(body: Body, constants: Constants, features: Features): Arithmetic {
  const lift =
    (operator: (...operands: V128[]) => V128) =>
    (...operands: Wide[]): Wide =>
      Array.from({ length: Math.max(...operands.map((o) => o.length)) }, (_, j) => body.let(operator(...operands.map((o) => o[j] ?? o[0]!))));
  const { add, sub, mul, div, neg, abs, sqrt, max, min, pmax, lt, gt, le } = f64x2;
  return {
    add: lift(add),
    sub: lift(sub),
    mul: lift(mul),
    div: lift(div),
    neg: lift(neg),
    abs: lift(abs),
    sqrt: lift(sqrt),
    madd: lift(features.relaxed ? f64x2.relaxedMadd : (a, b, c) => add(c, mul(a, b))),
    max: lift(max),
    min: lift(min),
    pmax: lift(pmax),
    lt: lift(lt),
    gt: lift(gt),
    le: lift(le),
    and: lift(v128.and),
    select: lift(features.relaxed ? v128.relaxedSelect64 : v128.select),
    number: (value) => [constants.f64x2(value)],
  };
}
