import { describe, expect, test } from 'vitest';
import { add, broadcast, constant, neg, ones, scale, sub, times, total, transpose } from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, contract, einsum, eye, variable } from '../ir/expr.ts';
import { ratio } from '../ir/rational.ts';
import { absolute } from '../ops/scalar/piecewise.ts';
import { kronecker } from '../ops/defined/structure.ts';
import { inverse } from '../ops/matrix/determinant.ts';
import { exponential, logarithm, power } from '../ops/scalar/power.ts';
import { userFunction } from '../ops/scalar/user.ts';
import { indexLatex, indexMathML, toLatex, toMathML, toText, toUnicode, write } from './write.ts';

const n = dim('n');
const A = variable('A', [n, n]);
const B = variable('B', [n, n]);
const x = variable('x', [n]);
const y = variable('y', [n]);
const a = variable('a', []);
const b = variable('b', []);
const T = variable('T', [n, n, n]);
const Ax = einsum('ij,j->i', [A, x]);
const residual = sub(Ax, y);
const quadratic = einsum('i,ij,j->', [x, A, x]);

const cases: readonly (readonly [Expr, string, string])[] = [
  [scale(2, einsum('ki,k->i', [A, residual])), '2 A^\\top (A x - y)', '2 Aᵀ (A x − y)'],
  [
    einsum(',ij,j->i', [exponential(quadratic), add(A, transpose(A)), x]),
    '\\exp(x^\\top A x) \\, (A + A^\\top) x',
    'exp(xᵀ A x) (A + Aᵀ) x',
  ],
  [times(x, y), 'x \\odot y', 'x ⊙ y'],
  [times(x, power(y, -1)), 'x \\oslash y', 'x ⊘ y'],
  [times(x, power(Ax, -1)), 'x \\oslash (A x)', 'x ⊘ (A x)'],
  [times(x, Ax), 'x \\odot A x', 'x ⊙ A x'],
  [einsum('ij,ij,j->i', [A, B, x]), '(A \\odot B) x', '(A ⊙ B) x'],
  [times(a, power(b, -1)), '\\frac{a}{b}', 'a/b'],
  [times(x, power(total(power(x, 2)), ratio(-1, 2))), '\\frac{x}{\\|x\\|_2}', 'x/‖x‖₂'],
  [power(total(power(residual, 2)), ratio(-3, 2)), '\\frac{1}{\\|A x - y\\|_2^3}', '1/‖A x − y‖₂³'],
  [exponential(times(a, power(b, -1))), '\\exp\\left( \\frac{a}{b} \\right)', 'exp(a/b)'],
  [power(quadratic, ratio(1, 2)), '\\sqrt{x^\\top A x}', '√(xᵀ A x)'],
  [power(a, ratio(1, 3)), 'a^{1/3}', 'a^(1/3)'],
  [power(x, 2), 'x^{\\odot 2}', 'x⊙²'],
  [power(exponential(a), 2), '\\exp(a)^2', 'exp(a)²'],
  [power(neg(a), 2), '(-a)^2', '(−a)²'],
  [inverse(A), 'A^{-1}', 'A⁻¹'],
  [transpose(inverse(A)), 'A^{-\\top}', 'A⁻ᵀ'],
  [inverse(add(A, B)), '(A + B)^{-1}', '(A + B)⁻¹'],
  [einsum('ij,jk->ik', [inverse(A), inverse(A)]), 'A^{-2}', 'A⁻²'],
  [absolute(x), '|x|', '|x|'],
  [kronecker(A, B), 'A \\otimes B', 'A ⊗ B'],
  [einsum('i->ii', [x]), '\\operatorname{diag}(x)', 'diag(x)'],
  [einsum('ii->', [A]), '\\operatorname{tr}(A)', 'tr(A)'],
  [userFunction('f', 2, x), "f''(x)", 'f′′(x)'],
  [times(a, eye(n)), 'a \\mathbb{I}', 'a 𝕀'],
  [ones([n]), '\\mathbf{1}', '𝟏'],
  [broadcast(a, [n, n]), 'a (\\mathbf{1}\\mathbf{1}^\\top)', 'a (𝟏𝟏ᵀ)'],
  [scale(ratio(1, 3), x), '\\frac{1}{3} x', '(1/3) x'],
  [scale(1e-9, x), '10^{-9} x', '10⁻⁹ x'],
  [scale(0.5, times(constant(1), x)), '0.5 x', '0.5 x'],
  [sub(neg(x), y), '-x - y', '−x − y'],
  [logarithm(neg(x)), '\\log(-x)', 'log(−x)'],
  [variable('x_1', [n]), 'x_{1}', 'x₁'],
  [variable('theta', [n]), '\\theta', 'θ'],
  [variable('Sigma_xy', [n, n]), '\\Sigma_{\\mathrm{xy}}', 'Σₓ_y'.replace('Σₓ_y', 'Σ_xy')],
  [variable('beta12', [n]), '\\beta_{12}', 'β₁₂'],
  [variable('rate', [n]), '\\mathrm{rate}', 'rate'],
  [times(variable('alpha', []), variable('v', [n])), '\\alpha v', 'α v'],
  [einsum('ik,jl->ijkl', [A, B]), 'B \\otimes A', 'B ⊗ A'],
  [einsum('il,jk->ijkl', [A, B]), '(B \\otimes A) \\mathbb{T}', '(B ⊗ A) 𝕋'],
  [contract([], [], [0, 1, 1, 0], [n, n, n, n]), '\\mathbb{T}', '𝕋'],
  [contract([], [], [0, 1, 0, 1], [n, n, n, n]), '\\mathbb{I} \\otimes \\mathbb{I}', '𝕀 ⊗ 𝕀'],
  [einsum('ij,kl->ijkl', [A, B]), '\\operatorname{vec}(A) \\, \\operatorname{vec}(B)^\\top', 'vec(A) vec(B)ᵀ'],
  [einsum('ij->ijij', [A]), '\\operatorname{diag}(\\operatorname{vec}(A))', 'diag(vec(A))'],
  [einsum('ijk,j,k->i', [T, x, y]), '\\left[ \\sum_{jk} T_{ijk} x_j y_k \\right]_i', '[∑ⱼₖ Tᵢⱼₖ xⱼ yₖ]ᵢ'],
  [einsum('ij,jk->ijk', [A, B]), '[A_{ij} B_{jk}]_{ijk}', '[Aᵢⱼ Bⱼₖ]ᵢⱼₖ'],
  [
    contract([einsum('ij,kj->ik', [A, A])], [[1, 2]], [0, 1, 0, 2, 2], [n, n, n, n, n]),
    '[\\delta_{ik} (A A^\\top)_{jl}]_{ijkll}',
    '[δᵢₖ (A Aᵀ)ⱼₗ]ᵢⱼₖₗₗ',
  ],
];

test.each(cases.map(([e, latex, unicode]) => [toText(write(e)), e, latex, unicode] as const))(
  '%s',
  (_, e, latex, unicode) => {
    expect(toLatex(write(e))).toBe(latex);
    expect(toUnicode(write(e))).toBe(unicode);
  },
);

test('the convention of a Kronecker form is said', () => {
  expect(write(einsum('ik,jl->ijkl', [A, B])).kronecker?.convention).toContain('vec stacks columns');
  expect(write(A).kronecker).toBeUndefined();
});

test('index notation in MathML', () => {
  const written = indexMathML(Ax);
  expect(problemOf(written)).toBeUndefined();
  expect(written.replace(/<[^>]*>/g, '')).toBe('Ri=∑jAij\u2062xj');
});

test('index notation in LaTeX', () => {
  expect(indexLatex(Ax)).toBe('R_i = \\sum_{j} A_{ij} x_j');
  expect(indexLatex(einsum('i->ii', [exponential(x)]))).toBe('R_{ij} = \\delta_{ij} \\, \\exp(x_i)');
  expect(indexLatex(quadratic)).toBe('\\sum_{ij} A_{ij} x_i x_j');
});

describe('MathML', () => {
  test.each(cases.map(([e]) => [toText(write(e)), e] as const))('%s is well-formed', (_, e) => {
    expect(problemOf(toMathML(write(e)))).toBeUndefined();
  });

  test('names are escaped', () => {
    expect(toMathML(write(variable('a<b&c', [])))).toContain('<mi>a&lt;b&amp;c</mi>');
    expect(toLatex(write(variable('a_b_c', [])))).toBe('a_{\\mathrm{b\\_c}}');
  });

  test('a fraction, a root and a transpose', () => {
    expect(toMathML(write(times(a, power(b, -1))))).toContain(
      '<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>',
    );
    expect(toMathML(write(power(a, ratio(1, 2))))).toContain('<msqrt><mi>a</mi></msqrt>');
    expect(toMathML(write(transpose(A)))).toContain('<msup><mrow><mi>A</mi></mrow><mrow><mo>⊤</mo></mrow></msup>');
  });
});

test('LaTeX brackets match', () => {
  for (const [e] of cases) expect(bracketProblem(toLatex(write(e)))).toBeUndefined();
});

// The number of children of elements that need a certain one.
const arity: Readonly<Record<string, number>> = { mfrac: 2, msup: 2, msub: 2, msubsup: 3, munder: 2 };

function problemOf(text: string): string | undefined {
  const open: { name: string; children: number }[] = [];
  let at = 0;
  for (const match of text.matchAll(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)>|([^<]+)/g)) {
    if (match.index !== at) return `at ${at}`;
    at += match[0].length;
    const [, closes, name, , words] = match;
    if (words !== undefined) {
      if (/&(?!amp;|lt;|gt;|quot;)/.test(words)) return `bare & in ${words}`;
      if (!['mi', 'mn', 'mo', 'mtext'].includes(open.at(-1)?.name ?? '')) return `text in ${open.at(-1)?.name}`;
    } else if (closes === '') {
      const parent = open.at(-1);
      if (parent) parent.children++;
      open.push({ name: name ?? '', children: 0 });
    } else {
      const last = open.pop();
      if (last?.name !== name) return `</${name}> closes <${last?.name}>`;
      const needed = arity[last?.name ?? ''];
      if (needed !== undefined && last?.children !== needed) return `${last?.name} with ${last?.children} children`;
    }
  }
  return at === text.length && open.length === 0 ? undefined : 'not closed';
}

function bracketProblem(latex: string): string | undefined {
  const open: string[] = [];
  for (const [token] of latex.matchAll(/\\left|\\right|\\begin\{\w+\}|\\end\{\w+\}|\\.|[{}]/g)) {
    if (token === '{' || token === '\\left' || token.startsWith('\\begin')) open.push(token);
    else if (token === '}' && open.pop() !== '{') return 'brace';
    else if (token === '\\right' && open.pop() !== '\\left') return 'right';
    else if (token.startsWith('\\end') && !open.pop()?.startsWith('\\begin')) return 'end';
  }
  return open.length === 0 ? undefined : 'not closed';
}
