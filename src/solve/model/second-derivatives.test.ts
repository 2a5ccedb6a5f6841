import { expect, test } from 'vitest';
import { dim } from '../../ir/dim.ts';
import { type Expr, contract, inContext, newContext, variable } from '../../ir/expr.ts';
import { facts } from '../../ir/fact.ts';
import { postorder } from '../../ir/walk.ts';
import { readModel } from '../../lang/model.ts';
import { must } from '../../base/internal.ts';
import { call } from '../../ops/define.ts';
import { opNamed } from '../../ops/table.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { checkEqual } from '../../run/check.ts';
import { plainDerivative, plainGradients } from './derivatives.ts';
import { secondDerivatives } from './second-derivatives.ts';

const model = 'parameters\n matrix A(m,n), G(k,n)\n vector b(m), h(k), d(k)\nvariables\n vector x(n)\nmin\n log(sum(exp(A*x+b)))\nst\n log(sum(exp(G*x+h))) <= 0\n sum(exp(G*x+d))+x\'*x <= 1\n';

function parts(): { readonly list: readonly Expr[]; readonly x: ReturnType<typeof variable> } {
  const read = must(readModel(model).model);
  return { list: [read.objective.expr, ...read.constraints.map((c) => c.expr)].map((e) => simplify(e, lazy)), x: must(read.variables[0]).node };
}

test('functions that differ in names have second derivatives of one form, each in its own names', () =>
  inContext(newContext(), () => {
    const { list, x } = parts();
    let made = 0;
    const all = list.map((f) =>
      secondDerivatives(
        f,
        () => {
          made++;
          return plainGradients(f, [x]);
        },
        [x],
      ),
    );
    // The last first: it is like none of the others, and those two are made once.
    for (const blocks of all.toReversed()) blocks();
    expect(made).toBe(2);
    all.forEach((blocks, k) => {
      const H = must(blocks()[0]?.[0]);
      const f = must(list[k]);
      const own = plainDerivative(must(plainGradients(f, [x])[0]), x);
      expect(checkEqual(H, own).equal).toBe(true);
      const names = (e: Expr): string[] => postorder([e]).flatMap((node) => (node.kind === 'variable' ? [node.name] : []));
      expect(names(H).every((name) => names(f).includes(name))).toBe(true);
      expect(H.shape.map((d) => d.key)).toEqual(['n', 'n']);
    });
  }));

test('what is made with facts of what is given serves only where they hold', () =>
  inContext(newContext(), () => {
    const n = dim('n');
    const x = variable('x', [n]);
    const at = (A: Expr): Expr => call(opNamed('exp'), [contract([x, A, x], [[0], [0, 1], [1]], [])]);
    const [narrow, wide] = [variable('S', [n, n], facts(['symmetric'])), variable('M', [n, n])].map((A) => {
      const gradient = plainGradients(at(A), [x]);
      return { blocks: secondDerivatives(at(A), () => gradient, [x]), own: plainDerivative(must(gradient[0]), x) };
    });
    must(narrow).blocks();
    for (const { blocks, own } of [must(narrow), must(wide)]) expect(checkEqual(must(blocks()[0]?.[0]), own).equal).toBe(true);
  }));
