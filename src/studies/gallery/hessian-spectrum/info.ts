import type { EntryInfo } from '../entry.ts';

export const info: EntryInfo = {
  name: 'hessian-spectrum',
  title: 'Outliers in the spectrum of the Hessian',
  topics: ['Hessian', 'loss landscape', 'eigenvalues', 'over-parametrisation'],
  asks: 'Do k clusters leave k - 1 large eigenvalues in the Hessian of a small network, and how much of the rest is nearly flat?',
  sources: [
    'Sagun, Evci, Güney, Dauphin, Bottou, Empirical Analysis of the Hessian of Over-Parametrized Neural Networks, arXiv:1706.04454',
    'Gur-Ari, Roberts, Dyer, Gradient Descent Happens in a Tiny Subspace, arXiv:1812.04754',
  ],
  models: [
    { name: 'loss', says: 'cross entropy of a network with one hidden layer; the last column of X is 1', text: '-sum(Y.*logsoftmaxrows(relu(X*W)*V))/m', declare: 'X: matrix(N, d); W: matrix(d, n); V: matrix(n, K); Y: matrix(N, K); m: scalar', by: ['W', 'V'] },
    { name: 'spectrum', says: 'eigenvalues of the Hessian by all weights', text: 'eigvals(H)', declare: 'H: matrix(p, p) symmetric' },
  ],
  text: [
    'The Hessian is ∇²L over all weights, of which the engine generates the blocks by W and W, W and V, V and V; second derivatives of relu are zero where they exist. With k well separated clusters the gradients of the classes span k - 1 directions (the outputs of softmax sum to 1), and k - 1 eigenvalues stand out after some training.',
    'The share of eigenvalues below one hundredth of the largest grows with the width: more weights, no more directions that the data see.',
  ],
  claims: [
    {
      says: 'After 100 steps the largest gap of the spectrum is after k - 1 eigenvalues',
      tests: [
        { id: 'two', what: 'share of runs with the gap after 1 eigenvalue, k = 2', needed: { atLeast: 0.99 } },
        { id: 'five', what: 'share of runs with the gap after 4 eigenvalues, k = 5', needed: { atLeast: 0.99 } },
      ],
      control: 'the same at the start, and after training to nearly zero loss, which blurs it (in the table)',
      remark: 'The gap is the largest ratio of neighbours among the first 2k eigenvalues.',
    },
    { says: 'The share of eigenvalues below 1 % of the largest grows with the width', tests: [{ id: 'flat', what: 'least growth of the share from one width to the next', needed: { atLeast: 0 } }, { id: 'most', what: 'share at the largest width', needed: { atLeast: 0.6 } }] },
  ],
  notTried: ['real data, where classes overlap and bulk and outliers mix', 'deeper networks', 'mini-batches'],
};
