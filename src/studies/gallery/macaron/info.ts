import type { EntryInfo } from '../entry.ts';

const declare = 'X: matrix(n, d); Q, K, V: matrix(d, d); U: matrix(d, h); b: vector(h); W: matrix(h, d)';

export const info: EntryInfo = {
  name: 'macaron',
  title: 'Macaron layers as a splitting of second order',
  topics: ['transformers', 'ordinary differential equations', 'splitting methods', 'convergence order'],
  asks: 'Is a half feed-forward, attention, half feed-forward layer closer to the flow of the particle system than feed-forward after attention?',
  sources: [
    'Lu, Li, He, Sun, Dong, Qin, Wang, Liu, Understanding and Improving Transformer From a Multi-Particle Dynamic System Point of View, arXiv:1906.02762',
    'Strang, On the Construction and Comparison of Difference Schemes, 1968; Hairer, Lubich, Wanner, Geometric Numerical Integration, II.5',
  ],
  models: [
    { name: 'attention', says: 'A(X): what tokens tell each other', text: "softmaxrows(X*Q*K'*X')*X*V", declare, by: ['X'] },
    { name: 'feed-forward', says: 'F(X): what each token does alone', text: "tanh(X*U+vector(1)*b')*W", declare, by: ['X'] },
  ],
  text: [
    'Tokens are particles X with dX/dt = A(X) + F(X). A layer with feed-forward after attention is e^{hF} e^{hA}, the splitting of Lie and Trotter with local error h^2/2 (F\'A - A\'F) + O(h^3); the macaron layer e^{hF/2} e^{hA} e^{hF/2} is the splitting of Strang, with local error O(h^3). Here F\'A is the derivative of F along A, which the engine generates.',
    'Real layers take one Euler step where these have an exact sub-flow. Then the layers have the local errors h^2 (F\'A/2 - A\'F/2 - A\'A/2 - F\'F/2) and h^2 (-A\'A/2 - F\'F/4): the macaron layer removes the commutator, and the order stays 2.',
  ],
  claims: [
    {
      says: 'With exact sub-flows the local order is 2 for feed-forward after attention, and 3 for the macaron layer',
      tests: [
        { id: 'lie', what: 'order of feed-forward after attention', needed: { between: [1.8, 2.2] } },
        { id: 'strang', what: 'order of the macaron layer', needed: { between: [2.8, 3.2] } },
      ],
      control: 'the layers with the Euler sub-steps that real networks take, below',
    },
    {
      says: 'The higher order carries over to layers as they are built, with Euler sub-steps',
      tests: [{ id: 'strangEuler', what: 'order of the macaron layer with Euler sub-steps', needed: { between: [2.8, 3.2] } }],
      under: {
        condition: 'sub-flows that are exact, or at least of second order; with Euler sub-steps both layers have order 2, and the macaron layer lacks only the commutator',
        tests: [
          { id: 'strang', what: 'order with exact sub-flows', needed: { between: [2.8, 3.2] } },
          { id: 'strangMidpoint', what: 'order with midpoint sub-steps', needed: { between: [2.8, 3.2] } },
          { id: 'lieEuler', what: 'order of feed-forward after attention with Euler sub-steps', needed: { between: [1.8, 2.2] } },
          { id: 'strangEuler', what: 'order of the macaron layer with Euler sub-steps', needed: { between: [1.8, 2.2] } },
        ],
      },
    },
    {
      says: 'The leading error is the one that the derivatives predict',
      tests: [
        { id: 'lieTerm', what: 'relative difference from h^2/2 (F\'A - A\'F) at the smallest h', needed: { atMost: 0.05 } },
        { id: 'strangEulerTerm', what: 'relative difference from h^2 (-A\'A/2 - F\'F/4) at the smallest h', needed: { atMost: 0.05 } },
      ],
    },
  ],
  notTried: ['whether a lower integration error helps a trained network', 'layer norm, several heads, causal masks', 'trained weights: these are random'],
};
