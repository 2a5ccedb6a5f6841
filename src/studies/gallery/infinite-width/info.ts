import type { EntryInfo } from '../entry.ts';

const declare = 'X: matrix(m, d); U: matrix(d, n); v: vector(n); y: vector(m); c: scalar';

export const info: EntryInfo = {
  name: 'infinite-width',
  title: 'Which parametrizations learn features at infinite width',
  topics: ['infinite width', 'neural tangent kernel', 'maximal update', 'feature learning'],
  asks: 'How much does the kernel of the hidden features change in training as the width grows?',
  sources: [
    'Yang, Hu, Tensor Programs IV: Feature Learning in Infinite-Width Neural Networks, ICML 2021, arXiv:2011.14522: abc-parametrizations',
    'Jacot, Gabriel, Hongler, Neural Tangent Kernel, NeurIPS 2018, arXiv:1806.07572',
  ],
  models: [
    { name: 'loss', says: 'mean squared error of a network with one hidden layer; c = n^-a is the output multiplier', text: 'norm2(c*tanh(X*U)*v-y)^2/2', declare, by: ['U', 'v'] },
    { name: 'feature kernel', says: 'inner products of the hidden features of two examples', text: "tanh(X*U)*tanh(X*U)'", declare: 'X: matrix(m, d); U: matrix(d, n)', by: ['U'] },
  ],
  text: [
    'All weights start standard normal; the output has the multiplier n^-a and the learning rate is proportional to n^-c. The NTK parametrization has a = 1/2 and c = 0; the maximal update parametrization of this network is a = 1 and c = -1 (mean field). Pre-activations move by n^(-a-c) each. Terms of first order in the change of the kernel average out over random signs of v, terms of second order do not, so the relative change of the kernel goes like n^-1 for NTK, and stays of order 1 for maximal update.',
    'Between the two, a = 3/4 and c = -1/2 moves pre-activations by n^(-1/4), and the kernel by n^(-1/2): a control that says that the slope follows the parametrization.',
  ],
  claims: [
    { says: 'In the NTK parametrization the relative change of the feature kernel falls like 1/n', tests: [{ id: 'ntk', what: 'slope in log-log', needed: { between: [-1.1, -0.9] }, quick: { between: [-1.25, -0.75] } }] },
    {
      says: 'In the maximal update parametrization it does not fall',
      tests: [{ id: 'mup', what: 'slope in log-log', needed: { between: [-0.1, 0.1] }, quick: { between: [-0.2, 0.2] } }, { id: 'size', what: 'relative change at the largest width', needed: { atLeast: 0.05 } }],
      control: 'a = 3/4, c = -1/2, between the two, has a slope near -1/2 (in the table); all three see the same data and random weights',
    },
  ],
  notTried: ['more than one hidden layer, where maximal update and mean field differ', 'other optimizers and activations', 'whether features that move are better ones'],
};
