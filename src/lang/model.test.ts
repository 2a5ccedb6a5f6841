import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../base/diagnostic.ts';
import { type Model, readModel } from './model.ts';
import { toText, write } from './write.ts';

function model(text: string): Model {
  const { model: found, diagnostics } = readModel(text);
  if (!found) throw new Error(diagnostics.map((d) => `${d.code}: ${d.message}`).join('\n'));
  return found;
}

/** `code@line` of everything that is wrong. */
function errors(text: string): string[] {
  const { diagnostics, model: found } = readModel(text);
  const list = diagnostics.filter((d) => d.severity === 'error');
  expect(found === undefined).toBe(list.length > 0);
  return list.map((d: Diagnostic) => `${d.code}@${text.slice(0, d.span[0]).split('\n').length}`);
}

function said(text: string): string[] {
  const { objective, constraints, sense } = model(text);
  return [`${sense} ${toText(write(objective.expr))}`, ...constraints.map((c) => `${c.name}: ${toText(write(c.expr))} ${c.relation} 0`)];
}

describe('models as their users write them', () => {
  it('reads the blocks of GENO', () => {
    expect(said("parameters\n  matrix A\n  vector b, c\nvariables\n  vector x\nmin\n  c'*x\nst\n  A*x <= b\n  x >= 0\n")).toEqual([
      "min c'*x",
      'A*x <= b: A*x-b <= 0',
      'x >= 0: x-vector(0) >= 0',
    ]);
  });

  it('reads keywords and kinds in any case, and declarations on one line', () => {
    expect(said("Parameters Matrix A Symmetric Vector b, c Variables Vector x Min c'*x St A*x <= b")).toEqual(["min c'*x", 'A*x <= b: A*x-b <= 0']);
    expect(said('PARAMETERS\nMATRIX A\nVARIABLES\nVECTOR x\nMAXIMIZE\nsum(A*x)\nSUBJECT TO\nx <= 1')).toEqual(['max sum(A*x)', 'x <= 1: x-vector(1) <= 0']);
    expect(said("variables\n scalar x\nminimise x^2\ns.t.\n x >= 1")).toEqual(['min x^2', 'x >= 1: x-1 >= 0']);
  });

  it('has relations from both sides, chains and names', () => {
    expect(said("parameters\n scalar B\n vector l, u\nvariables\n vector x\nmin\n sum(x)\nst\n 0 <= x\n 1 >= x\n l <= x <= u\n budget: sum(x) <= B\n band: 0 <= sum(x) <= 1")).toEqual([
      'min sum(x)',
      '0 <= x: vector(0)-x <= 0',
      '1 >= x: vector(1)-x >= 0',
      'l <= x: l-x <= 0',
      'x <= u: x-u <= 0',
      'budget: sum(x)-B <= 0',
      'band.first: 0-sum(x) <= 0',
      'band.second: sum(x)-1 <= 0',
    ]);
  });

  it('reads what GENO users write', () => {
    const text = "parameters\n  matrix F symmetric\n  scalar gamma\n  scalar delta\n  vector e0\n  matrix Y\nvariables\n  vector a\n  vector e\nmin\n  -sum(a)+gamma*((e0-e)'*F*(e0-e)).^0.5\nst\n  a >= 0\n  Y*a == vector(0)\n  sum(abs(e)) <= delta*sum(abs(e0))\n";
    const { constraints, variables } = model(text);
    expect(constraints.map((c) => c.name)).toEqual(['a >= 0', 'Y*a == vector(0)', 'sum(abs(e)) <= delta*sum(abs(e0))']);
    expect(variables.map((v) => [v.name, v.kind])).toEqual([['a', 'vector'], ['e', 'vector']]);
  });

  it('has an empty block of parameters, comments, sizes and facts', () => {
    const { variables } = model('# a comment\nparameters\nvariables % wanted\n  vector x(5)\n  matrix X(3, 4), Y(4, 3) positive\n  K: matrix(2, 2) symmetric psd\n  p: vector(n) in simplex\nmin\n  sum(x)+sum(X*Y) # all\n   + tr(K)+sum(p)');
    expect(variables.map((v) => `${v.name} ${v.shape.map((d) => d.key).join()} ${[...v.facts.has].sort().join()}`)).toEqual(['x 5 ', 'X 3,4 nonnegative,positive', 'Y 4,3 nonnegative,positive', 'K 2,2 psd,symmetric', 'p n nonnegative,simplex']);
  });

  it('goes on in the next line where a line cannot end', () => {
    expect(said('parameters\n vector b\nvariables\n vector x\nmin\n  norm2(x -\n  b)^2\n  + sum(x)\nst\n  sum(x)\n  <= 1\n  -x <= 0\n')).toEqual([
      'min norm2(x-b)^2+sum(x)',
      'sum(x)\n  <= 1'.replaceAll(/\s+/g, ' ') + ': sum(x)-1 <= 0',
      '-x <= 0: -x-vector(0) <= 0',
    ]);
  });

  it('names parts with = and gives start values', () => {
    const found = model('parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n r = A*x-b\n norm2(r)^2\nst\n r <= 1\nstart\n x = 0.5');
    expect(toText(write(found.objective.expr))).toBe('norm2(A*x-b)^2');
    expect(found.starts.get('x')).toBeDefined();
  });

  it('lets a constraint begin with max(…)', () => {
    expect(said('variables\n vector x(3)\nmin\n sum(x)\nst\n max(x) <= 1')).toEqual(['min sum(x)', 'max(x) <= 1: max(x)-1 <= 0']);
  });
});

describe('models with mistakes', () => {
  it('names the line of each', () => {
    const text = "parameters\n  matrix A\n  vector b\nvariables\n  vector x\nmin\n  norm2(A*x-d)^2\nst\n  A*x <= q\n  x = 1\n";
    expect(errors(text)).toEqual(['bad-definition@10']);
    expect(errors(text.replace('x = 1', 'x == 1'))).toEqual(['undeclared-name@7', 'undeclared-name@9']);
  });

  it.each([
    ['variables\n vector x\nmin\n x', ['objective-not-scalar@4']],
    ['variables\n integer x\nmin\n x', ['integer-variable@2']],
    ['variables\n x: integer\nmin\n sum(x)', ['integer-variable@2']],
    ['variables\n binary vector x\nmin\n sum(x)', ['integer-variable@2']],
    ['variables\n matrix X\nmin\n sum(X)\nst\n rowsum(X) >= matrix(1)', ['size-unknown@6']],
    ['variables\n vector x\nmin\n sum(x)\nst\n x', ['constraint-without-relation@6']],
    ['variables\n vector x\nmin\n sum(x)\nst\n 0 <= x >= 1', ['bad-chain@6']],
    ['variables\n vector x\nmin\n sum(x)\nst\n x != 1', ['bad-model@6']],
    ['variables\n vector x\nmin\n sum(x)\nst\n x => 1\n 2 =< x', ['foreign-spelling@6', 'foreign-spelling@7']],
    ['variables\n vector x\nmin\n sum(x) <= 1', ['relation-in-expression@4']],
    ['variables\n vector x\nst\n x >= 0', ['bad-model@1']],
    ['min\n 1', ['bad-model@1']],
    ['variables\n vector x\nmin\nst\n x >= 0', ['bad-model@3']],
    ['variables\n vector x\n matrix x\nmin\n sum(x)', ['declared-twice@3']],
    ['variables\n x: vector(n) constant\nmin\n sum(x)', ['variable-cannot-be@2']],
    ['variables\n vector x\nmin\n sum(x)\nmax\n sum(x)', ['bad-model@5']],
    ['parameters\n matrix A(3, 4)\nvariables\n vector x(3)\nmin\n sum(A*x)', ['inner-dims-differ@6']],
    ['parameters\n vector b(3)\nvariables\n vector x(4)\nmin\n sum(x)\nst\n x <= b', ['shapes-differ@8']],
    ['variables\n vector x\nmin\n sum(x)\nstart\n y = 1', ['bad-start@6']],
    ['hello\nvariables\n vector x\nmin\n sum(x)', ['bad-model@1']],
  ])('%j', (text, expected) => {
    expect(errors(text)).toEqual(expected);
  });

  it('says what a strict comparison means', () => {
    expect(readModel('variables\n vector x\nmin\n sum(x)\nst\n x > 0').diagnostics.map((d) => d.code)).toEqual(['strict-relation']);
  });

  it('never throws', () => {
    for (const text of ['', 'st', 'min', '((((', 'variables vector', 'parameters\nmatrix', 'min max st', "variables\nvector x\nmin\n'", 'variables\nvector x\nmin\nx\nst\n<= <= ==', 'variables\nx:\nmin\n1\nst\n:']) {
      expect(errors(text).length).toBeGreaterThan(0);
    }
  });
});
