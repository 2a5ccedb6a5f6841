// The derivatives that are compared: text, sizes, how large they are and how much work they need at least.

export interface Case {
  readonly name: string;
  readonly text: string;
  readonly declare?: string;
  readonly by: string;
  /** 2 for a Hessian, 1 for a Jacobian. */
  readonly order: 1 | 2;
  /** The other arrays, in the order of the peers' functions. */
  readonly rest: readonly string[];
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** How entries are drawn; normal ones unless told. */
  readonly draws?: Readonly<Record<string, 'sign' | 'mask' | 'near-identity'>>;
  /** Operations that any way to this result needs, with half of a symmetric product. */
  readonly flops: number;
  /** Numbers of the result. */
  readonly entries: number;
  /** Bars: ours over theirs in JAX; the core alone; the best of ours over the best of theirs. */
  readonly bars: { readonly jax?: number; readonly core?: number; readonly best?: number };
}

const n = 20;
const layers = ['A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A10'] as const;

export const cases: readonly Case[] = [
  { name: 'quadratic', text: "x'*A*x", by: 'x', order: 2, rest: ['A'], shapes: { x: [2000], A: [2000, 2000] }, flops: 4e6, entries: 4e6, bars: { jax: 4.4, best: 10 } },
  { name: 'logistic', text: 'sum(log(vector(1)+exp(-y.*(X*w))))', by: 'w', order: 2, rest: ['X', 'y'], shapes: { w: [500], X: [5000, 500], y: [5000] }, draws: { y: 'sign' }, flops: 5000 * 500 * 501 + 2 * 5000 * 500, entries: 250_000, bars: { jax: 1.3, best: 2 } },
  { name: 'factorization', text: "norm2(T-U*V')^2", by: 'U', order: 2, rest: ['V', 'T'], shapes: { U: [300, 5], V: [300, 5], T: [300, 300] }, flops: 300 * 25, entries: 2_250_000, bars: { jax: 504, core: 26_000 } },
  { name: 'masked', text: "norm2(M.*(T-U*V'))^2", by: 'U', order: 2, rest: ['V', 'T', 'M'], shapes: { U: [300, 5], V: [300, 5], T: [300, 300], M: [300, 300] }, draws: { M: 'mask' }, flops: 2 * 300 * 300 * 15, entries: 2_250_000, bars: {} },
  { name: 'logsumexp', text: 'log(sum(exp(A*x)))', by: 'x', order: 2, rest: ['A'], shapes: { x: [500], A: [1000, 500] }, flops: 1000 * 500 * 501 + 4 * 1000 * 500, entries: 250_000, bars: { jax: 1.3, best: 2 } },
  { name: 'logdet', text: 'logdet(X)', by: 'X', order: 2, rest: [], shapes: { X: [30, 30] }, draws: { X: 'near-identity' }, flops: 2 * 30 ** 3 + 30 ** 4, entries: 810_000, bars: { jax: 22 } },
  { name: 'softmax', text: 'softmax(x)', by: 'x', order: 1, rest: [], shapes: { x: [2000] }, flops: 4e6, entries: 4e6, bars: {} },
  { name: 'attention', text: "softmaxrows(Q*K')*V", by: 'Q', order: 1, rest: ['K', 'V'], shapes: { Q: [64, 16], K: [64, 16], V: [64, 16] }, flops: 64 * 2 * 64 * 16 * 16, entries: 64 * 16 * 64 * 16, bars: {} },
  {
    name: 'network',
    text: `log(sum(exp(A10*relu(A9*relu(A8*relu(A7*relu(A6*relu(A5*relu(A4*relu(A3*relu(A2*relu(A1*x)))))))))))) `.trim(),
    declare: `x: vector(n); ${['A1', ...layers].map((A) => `${A}: matrix(n, n)`).join('; ')}`,
    by: 'A1',
    order: 2,
    rest: ['x', ...layers],
    shapes: Object.fromEntries([['x', [n]], ...['A1', ...layers].map((A) => [A, [n, n]] as const)] as [string, readonly number[]][]),
    flops: 20 * n ** 3 + n ** 4,
    entries: n ** 4,
    bars: {},
  },
];
