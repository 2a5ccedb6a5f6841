// Parts of the input that are plain numbers: `-1/2`, `(1/3)`, `2^3`.

import { unreachable } from '../base/internal.ts';
import {
  type Rational,
  add,
  inverse,
  isInteger,
  isZero,
  minusOne,
  mul,
  one,
  powInteger,
  zero,
} from '../ir/rational.ts';
import type { Syntax } from './syntax.ts';

export function constantOf(s: Syntax): Rational | undefined {
  switch (s.kind) {
    case 'number':
      return s.value;
    case 'sum': {
      let total = zero;
      for (const { sign, arg } of s.terms) {
        const value = constantOf(arg);
        if (value === undefined) return undefined;
        total = add(total, sign === 1 ? value : mul(minusOne, value));
      }
      return total;
    }
    case 'product': {
      let total = constantOf(s.first);
      for (const { op, arg } of s.rest) {
        const value = constantOf(arg);
        if (value === undefined || total === undefined) return undefined;
        const divides = op === '/' || op === './';
        if (divides && isZero(value)) return undefined;
        total = mul(total, divides ? inverse(value) : value);
      }
      return total;
    }
    case 'power': {
      const [base, exponent] = [constantOf(s.base), constantOf(s.exponent)];
      if (!base || !exponent || !isInteger(exponent) || Math.abs(exponent.num) > 50) return undefined;
      if (isZero(base)) return exponent.num > 0 ? zero : exponent.num === 0 ? one : undefined;
      return powInteger(base, exponent.num);
    }
    case 'transpose':
      return constantOf(s.arg);
    case 'name':
    case 'call':
    case 'index':
    case 'einsum':
    case 'total':
    case 'block':
    case 'missing':
      return undefined;
    default:
      return unreachable(s);
  }
}
