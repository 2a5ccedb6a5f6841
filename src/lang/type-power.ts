// Types of powers: of scalars and entry by entry, and of square matrices.

import { type Rational, isInteger } from '../ir/rational.ts';
import { error, notice } from './codes.ts';
import { constantOf } from './constant.ts';
import { alike } from './type-alike.ts';
import type { PowerSyntax } from './syntax.ts';
import { type ShowDim, type Type, type Typing, dimAt, origins, quote, says, unknownType, wrapped } from './type.ts';

export const maxMatrixPower = 64;

export function typeOfPower(t: Typing, s: PowerSyntax): Type {
  const base = { syntax: s.base, type: t.typeOf(s.base) };
  const constant = constantOf(s.exponent);
  if (base.type.kind === 'unknown') return unknownType;
  if (s.op === '^' && base.type.kind === 'matrix') return matrixPower(t, s, base.type, constant);
  if (constant) {
    if (s.op === '^' && base.type.kind !== 'scalar') {
      const message = `${quote(t, s)} is taken entry by entry`;
      const ending =
        base.type.kind === 'vector' && constant.num === 2 && constant.den === 1 ? `; ${wrapped(t, s.base)}'*${wrapped(t, s.base)} is the sum of squares` : '';
      t.notify(() =>
        notice('elementwise-power', s.span, message, { help: `.^ says the same without this notice${ending}` }),
      );
    }
    return base.type;
  }
  const exponent = { syntax: s.exponent, type: t.typeOf(s.exponent) };
  if (exponent.type.kind === 'unknown') return unknownType;
  if (
    s.op === '^' &&
    (base.type.kind !== 'scalar' || exponent.type.kind !== 'scalar') &&
    exponent.type.kind !== 'scalar'
  ) {
    t.report((show) => badExponent(t, s, exponent.type, show), 'firm');
    return unknownType;
  }
  return alike(t, [base, exponent], { verb: 'raised entry by entry', sign: s.op, whole: s.at });
}

function badExponent(t: Typing, s: PowerSyntax, exponent: Type, show: ShowDim): ReturnType<typeof error> {
  const isEuler = s.base.kind === 'name' && s.base.name === 'e' && t.variable('e')?.how !== 'declared';
  return error('bad-exponent', s.exponent.span, '^ takes a scalar exponent', {
    needed: 'a scalar after ^',
    found: says(t, s.exponent, exponent, show),
    help: `${isEuler ? `write exp(${quote(t, s.exponent)}) if e is Euler's number, or` : 'write'} ${quote(t, s.base)}.^${wrapped(t, s.exponent)} for powers entry by entry`,
    notes: origins(t, [s.exponent], show),
  });
}

function matrixPower(t: Typing, s: PowerSyntax, base: Type, constant: Rational | undefined): Type {
  const text = wrapped(t, s.base);
  const bad = (message: string, help: string, found?: string): Type => {
    const details = { needed: 'a whole number, or half of one', help, ...(found !== undefined && { found }) };
    t.report(() => error('bad-exponent', s.exponent.span, message, details), 'firm');
    return unknownType;
  };
  if (!constant) {
    const called = s.exponent.kind === 'name' ? s.exponent.name : '';
    if (['T', 't', 'H', 'top'].includes(called))
      return bad("a transpose is written with '", `write ${text}'`, `^${called}`);
    t.typeOf(s.exponent);
    return bad(
      'a matrix power needs a number as exponent',
      `write expm(${wrapped(t, s.exponent)}*logm(${quote(t, s.base)})) for a power with any exponent, or ${text}.^${wrapped(t, s.exponent)} entry by entry`,
      quote(t, s.exponent),
    );
  }
  if (!isInteger(constant) && constant.den !== 2) {
    return bad(
      'a matrix power needs a whole number or half of one as exponent',
      `write expm(c*logm(${quote(t, s.base)})) with the exponent c, or .^ for powers entry by entry`,
      quote(t, s.exponent),
    );
  }
  if (Math.abs(constant.num) > maxMatrixPower) {
    t.report(
      () =>
        error('exponent-too-large', s.exponent.span, `matrix powers end at ${maxMatrixPower}`, {
          needed: `an exponent of at most ${maxMatrixPower}`,
          found: quote(t, s.exponent),
          help: `take powers of powers, such as (${text}^64)^2, or expm(c*logm(${quote(t, s.base)}))`,
        }),
      'firm',
    );
    return unknownType;
  }
  if (!t.solver.equate(dimAt(base, 0), dimAt(base, 1), s.base.span)) return base;
  t.report((show) =>
    error('not-square', s.base.span, 'a matrix power needs a square matrix', {
      needed: 'as many rows as columns',
      found: says(t, s.base, base, show),
      help: `write ${constant.num < 0 ? `pinv(${quote(t, s.base)}) for the pseudoinverse` : `${text}'*${text}`}, or ${text}.^${wrapped(t, s.exponent)} entry by entry`,
      notes: origins(t, [s.base], show),
    }),
  );
  return unknownType;
}
