import { describe, expect, test } from 'vitest';
import { must } from '../base/internal.ts';
import { type Expr, contract, inContext, newContext, variable } from '../ir/expr.ts';
import { dim } from '../ir/dim.ts';
import { children, postorder } from '../ir/walk.ts';
import { readOrThrow } from '../pipeline.ts';
import { checkEqual } from '../run/check.ts';
import { variablesOf } from '../run/sample.ts';
import { lazy } from '../simplify/mode.ts';
import { simplify } from '../simplify/simplify.ts';
import { generate } from '../../test/oracle/generate.ts';
import { declarationsOf, textOf } from '../../test/oracle/tree.ts';
import { alongChains } from './chain.ts';
import { reverse } from './differentiate.ts';

function chained(text: string, by: string, declare = ''): { readonly of: Expr; readonly by: Expr; readonly found: Expr | undefined } {
  const of = simplify(readOrThrow(text, declare).expr, lazy);
  const v = must(variablesOf([of]).find((x) => x.name === by));
  return { of, by: v, found: alongChains(of, v) };
}

describe('derivatives along chains', () => {
  test('one product', () => {
    inContext(newContext(), () => {
      const { of, by, found } = chained('log(sum(exp(A*x+b)))', 'x');
      expect(found?.kind).toBe('contract');
      expect(simplify(must(found), lazy)).toBe(simplify(reverse(of, by), lazy));
    });
  });

  test.each([
    'exp(x)', "A*exp(B*x)", 'diag(exp(x))', 'diag(X)', 'diag(diag(X))', "sum(exp(x))*vector(1)'", 'sum(X.*Y)', "A*X'*B", 'softmax(A*x)', 'inv(X)*y', "logdet(A*diag(x)*A')", "c'*exp(A*x)+norm2(x)^2", 'x', 'softmaxrows(A*X)*b',
  ])('of %s', (text) => {
    inContext(newContext(), () => {
      const { of, by, found } = chained(text, /X/.test(text) ? 'X' : 'x', 'X: matrix(n, n); Y: matrix(n, n); x: vector(n); y: vector(n); A: matrix(m, n); B: matrix(n, n); b: vector(n); c: vector(m)');
      expect(found).toBeDefined();
      expect(checkEqual(must(found), reverse(of, by)).equal).toBe(true);
    });
  });

  test.each(['exp(x).*cos(x)', 'exp(norm2(x)^2+sum(x))', "x'*A*x", 'max(x, cos(x))'])('what moves in two places is no chain: %s', (text) => {
    inContext(newContext(), () => expect(chained(text, 'x', 'A: matrix(n, n); x: vector(n)').found).toBeUndefined());
  });

  test('a sum along an axis that nothing else has', () => {
    const x = variable('x', [dim('n')]);
    const spread = contract([x], [[0]], [0, 1], [dim('n'), dim('m')]);
    const whole = contract([spread], [[0, 1]], []);
    const found = alongChains(whole, x);
    expect(found === undefined || checkEqual(found, reverse(whole, x)).equal).toBe(true);
  });

  test('of random expressions it is the derivative', { timeout: 120_000 }, () => {
    let chains = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const tree = generate({ seed, depth: 1 + (seed % 3), rational: false });
      inContext(newContext(), () => {
        const of = simplify(readOrThrow(textOf(tree), declarationsOf(tree)).expr, lazy);
        for (const by of variablesOf([of])) {
          const found = alongChains(of, by);
          if (!found) continue;
          // One that is the variable alone, or a table of it, is seen above.
          if (postorder([of]).some((e) => children(e).includes(by) && e.kind !== 'sum')) chains++;
          const checked = checkEqual(found, reverse(of, by));
          expect(checked.equal || checked.points === 0, `${textOf(tree)} by ${by.name}, seed ${seed}`).toBe(true);
        }
      });
    }
    expect(chains).toBeGreaterThan(100);
  });
});
