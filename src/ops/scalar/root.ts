// A square root that lets lengths be differentiated everywhere: the gradient of sqrt(x'*x) at x = 0 is taken as 0, the
// element of least norm of the subdifferential, and not as 0/0.

import { must } from '../../base/internal.ts';
import { scale } from '../../ir/build.ts';
import type { Expr } from '../../ir/expr.ts';
import { ratio } from '../../ir/rational.ts';
import { call, scalarOp, whenFirstIs } from '../define.ts';
import type { FunctionRecord } from '../op.ts';
import { arrays, helpers } from '../spell.ts';
import { numbers } from '../spell-native.ts';
import { scripts } from '../spell-scripts.ts';
import { power } from './power.ts';

const half = ratio(1, 2);
const minusHalf = ratio(-1, 2);

const inverse = scalarOp({
  name: 'rsqrt0',
  says: '1/sqrt(x), and 0 where x = 0, entry by entry',
  partials: [(_, node) => scale(minusHalf, power(node, 3))],
  spell: {
    ...scripts('@rsqrt0({0})'),
    ...helpers('rsqrt0'),
    ...numbers('@rsqrt0', '@rsqrt0'),
  },
  value: ([x]) => (must(x) === 0 ? 0 : 1 / Math.sqrt(must(x))),
  facts: () => ['nonnegative'],
  needs: ([x]) => `${x} >= 0`,
  excludes: ([x]) => `${x} = 0`,
  holds: whenFirstIs('positive'),
  examples: [{ of: 'sum(rsqrt0(x))', by: 'x', is: '-rsqrt0(x).^3/2', declare: 'x: vector(n) positive' }],
});

const root = scalarOp({
  name: 'sqrt0',
  says: 'square root whose derivative at 0 counts as 0, entry by entry: sqrt0(x\'*x) is a length with a gradient everywhere',
  partials: [([x]) => scale(half, call(inverse.op, [must(x)]))],
  spell: {
    ...scripts('sqrt({0})'),
    ...arrays('sqrt'),
    ...numbers('Math.sqrt', 'std::sqrt', 'sqrt'),
  },
  value: ([x]) => Math.sqrt(must(x)),
  facts: () => ['nonnegative'],
  needs: ([x]) => `${x} >= 0`,
  excludes: ([x]) => `${x} = 0`,
  holds: whenFirstIs('positive'),
  examples: [{ of: "sqrt0(x'*x)", by: 'x', is: "rsqrt0(x'*x)*x" }],
});

export const rootRecords: readonly FunctionRecord[] = [root.record, inverse.record];

/** A square root with derivative 0 at 0. */
export function safeRoot(x: Expr): Expr {
  return call(root.op, [x]);
}
