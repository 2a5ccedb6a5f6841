import type { EntryInfo } from '../entry.ts';

export const info: EntryInfo = {
  name: 'modular-addition',
  title: 'Modular addition is learnt by Fourier components',
  topics: ['mechanistic interpretability', 'Fourier analysis', 'training dynamics', 'principal components'],
  asks: 'Does a network that learns a + b mod 23 compute with single frequencies, and how many dimensions does its training move in?',
  sources: [
    'Nanda, Chan, Lieberum, Smith, Steinhardt, Progress measures for grokking via mechanistic interpretability, ICLR 2023, arXiv:2301.05217',
    'Gromov, Grokking modular arithmetic, arXiv:2301.02679: the phases of the solution with a quadratic activation',
    'Antognini, Sohl-Dickstein, PCA of high dimensional random walks with comparison to neural network training, NeurIPS 2018, arXiv:1806.08805: the control',
  ],
  models: [
    { name: 'loss', says: 'cross entropy; a row of X has a one for a and a one for b, so X*U adds two embeddings', text: '-sum(Y.*logsoftmaxrows((X*U).^2*W))/m', declare: 'X: matrix(N, p); U: matrix(p, n); W: matrix(n, p); Y: matrix(N, p); m: scalar', by: ['U', 'W'] },
    { name: 'logits', says: 'the network: a table of embeddings, squares, and a readout', text: '(X*U).^2*W', declare: 'X: matrix(N, p); U: matrix(p, n); W: matrix(n, p)', by: ['U'] },
  ],
  text: [
    'If neuron h embeds a as cos(ωa + φ), its square of the sum has the term cos(ω(a+b) + 2φ), and a readout cos(ωc + 2φ) adds to the logit of c = a + b. So the weights of a neuron should have one frequency, and the phase of the readout should be twice the phase of the embedding. Both are read off the discrete Fourier transform.',
    'The trajectory of all weights through training is a cloud of points; its principal components tell in how many dimensions it moves. A random walk of as many steps in as many dimensions has them too: its first component carries 6/π² of the variance, and 99 % take some fifty.',
  ],
  claims: [
    {
      says: 'A neuron has at least 80 % of the power of its embedding in one frequency',
      tests: [{ id: 'share', what: 'median over the neurons of the share of the strongest frequency', needed: { atLeast: 0.8 } }, { id: 'accuracy', what: 'accuracy over all pairs', needed: { atLeast: 1 } }],
      control: 'the same network trained on permuted answers, and the network before training: medians in the table',
    },
    { says: 'The phase of the readout is twice the phase of the embedding', tests: [{ id: 'phase', what: 'median cosine of their difference', needed: { atLeast: 0.99 } }] },
    {
      says: 'Training moves in 3 dimensions: as many components carry 99 % of its trajectory',
      tests: [{ id: 'components', what: 'components, largest over the starts', needed: { atMost: 3 } }, { id: 'walk', what: 'components of a random walk of the same size', needed: { between: [45, 60] } }],
      control: 'a random walk of as many steps in as many dimensions, which needs about 53 (in the table). That a few components suffice is not by itself remarkable: the walk, too, has 61 % in its first',
    },
  ],
  notTried: ['generalisation and grokking: all pairs are trained on', 'other moduli', 'other optimizers: the number of components depends on rate and decay'],
};
