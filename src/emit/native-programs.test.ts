// Typical programs in TypeScript and C++: read them as a maintainer of the target would.

import { expect, test } from 'vitest';
import { inContext, newContext } from '../ir/expr.ts';
import { code } from '../pipeline/code.ts';

/** The statements of one function: without its head and the check of the arguments. */
function bodyOf(text: string, name: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((l) => new RegExp(`^(export function|inline .*) ${name}\\(`).test(l));
  const open = lines.findIndex((l, i) => i >= start && l.endsWith('{'));
  const end = lines.findIndex((l, i) => i > open && l === '}');
  return lines
    .slice(open + 1, end)
    .map((l) => l.trim())
    .filter((l) => !l.includes('checked(given)') && !l.startsWith('checkShapes') && !l.startsWith('check_arguments') && !l.startsWith('detail::check_shape') && !l.startsWith('detail::Sizes'));
}

interface Program {
  readonly of: string;
  readonly by: string;
  readonly declare?: string;
  readonly function: string;
  readonly typescript: readonly string[];
  readonly cpp: readonly string[];
}

const programs: readonly Program[] = [
  {
    of: 'norm2(A*x-y)^2', by: 'x', function: 'value',
    typescript: ['const m = A.rows;', 'const Ax = timesVector(A, x);', 'const residual = vector(m, (i) => Ax[i]! - y[i]!);', 'return dot(residual, residual);'],
    cpp: ['const Eigen::VectorXd residual = A * x - y;', 'return residual.squaredNorm();'],
  },
  {
    of: 'norm2(A*x-y)^2', by: 'x', function: 'hessian',
    typescript: ['const n = x.length;', 'const AtA = transposedTimes(A, A);', 'return matrix(n, n, (i, j) => 2 * AtA.data[i * n + j]!);'],
    cpp: ['return 2.0 * detail::gram(A);'],
  },
  {
    of: 'sum(log(exp(-y.*(X*w))+vector(1)))', by: 'w', function: 'value',
    typescript: ['const m = y.length;', 'const Xw = timesVector(X, w);', 'return sum(m, (i) => softplus(-Xw[i]! * y[i]!));'],
    cpp: ['return (-(X * w).array() * y.array()).unaryExpr([](double t) { return detail::softplus(t); }).sum();'],
  },
  {
    of: 'log(sum(exp(A*x)))', by: 'x', function: 'gradient',
    typescript: ['return transposedTimesVector(A, softmax(timesVector(A, x)));'],
    cpp: ['return A.transpose() * detail::softmax(A * x);'],
  },
  {
    of: "norm2(T-U*V')^2", by: 'U', function: 'hessianApply hessian_apply',
    typescript: ['return times(direction, core);'],
    cpp: ['return direction * core;'],
  },
  {
    of: 'diag(x)*A*diag(y)', by: 'x', declare: 'x: vector(m); y: vector(n); A: matrix(m, n)', function: 'value',
    typescript: ['const n = y.length;', 'const m = x.length;', 'return matrix(m, n, (i, j) => y[j]! * (x[i]! * A.data[i * n + j]!));'],
    cpp: ['return (x.asDiagonal() * A) * y.asDiagonal();'],
  },
];

test.each(programs)('$function of $of', ({ of, by, declare, function: name, typescript, cpp }) => {
  const scalar = of.startsWith('diag') ? (['gradient'] as const) : (['hessian', 'hvp'] as const);
  const text = (target: 'typescript' | 'cpp'): string => inContext(newContext(), () => code(of, target, { by: [by], want: scalar, points: 0, ...(declare !== undefined && { declare }) }).text);
  const [first, last] = [name.split(' ')[0], name.split(' ').at(-1)];
  expect(bodyOf(text('typescript'), String(first))).toEqual(typescript);
  expect(bodyOf(text('cpp'), String(last))).toEqual(cpp);
});
