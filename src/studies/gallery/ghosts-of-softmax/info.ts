import type { EntryInfo } from '../entry.ts';

const weights = 'W: matrix(d, n); U: matrix(n, n); V: matrix(n, K)';
const classes = 'X: matrix(N, d); Y: matrix(N, K); m: scalar';

export const info: EntryInfo = {
  name: 'ghosts-of-softmax',
  title: 'Complex zeros of the softmax bound the step',
  topics: ['softmax', 'cross entropy', 'convergence radius', 'step size control', 'training stability'],
  asks: 'How far does the Taylor series of a softmax loss along a step reach, and is a step beyond that dangerous?',
  sources: [
    'Ghosts of Softmax: complex singularities that limit the step of cross entropy (the claim as stated there; the text was not at hand)',
    'Mercer, Roberts, A Centre Manifold Description of Contaminant Dispersion in Channels with Varying Flow Properties, SIAM J. Appl. Math. 50, 1990, appendix: the radius from coefficients',
  ],
  models: [
    { name: 'binary loss', says: 'two classes along a direction: delta is the margin now, slope its derivative', text: 'log(1+exp(delta+slope*t))', declare: 'delta, slope, t: scalar', by: ['t'] },
    { name: 'loss along a direction', says: 'logits z that move by a; y is one-hot', text: "log(sum(exp(z+t*a)))-y'*(z+t*a)", declare: 'z, a, y: vector(K); t: scalar', by: ['t'] },
    { name: 'network', says: 'cross entropy of a network with two hidden layers', text: '-sum(Y.*logsoftmaxrows(tanh(tanh(X*W)*U)*V))/m', declare: `${classes}; ${weights}`, by: ['W', 'U', 'V'] },
    { name: 'network logits', says: 'whose derivative along a step tells how far it may go', text: 'tanh(tanh(X*W)*U)*V', declare: `X: matrix(N, d); ${weights}`, by: ['W', 'V'] },
    { name: 'linear', says: 'the control: a linear model, of data that it can separate', text: '-sum(Y.*logsoftmaxrows(X*W))/m', declare: `${classes}; W: matrix(d, K)`, by: ['W'] },
    { name: 'linear logits', says: 'of the control', text: 'X*W', declare: 'X: matrix(N, d); W: matrix(d, K)', by: ['W'] },
  ],
  text: [
    'Along a direction the softmax loss is log Σ exp(z_k + t a_k) less a line. It is analytic but where the sum vanishes, which it does for complex t only. With two classes the nearest zeros are (-δ ± iπ)/Δ, so the Taylor series converges for |t| < √(δ²+π²)/Δ. With more classes it converges at least for |t| < ρ = π/Δ, where Δ is the difference of the largest and the least a_k: for smaller |t| all exponentials point into one half plane.',
    'A controller measures Δ by one derivative of the logits along the step (a Jacobian–vector product of the engine), over all examples, and limits the step to τ <= ρ. The bound is on the series; that training collapses as soon as τ/ρ >= 1 does not follow, and is not so.',
  ],
  claims: [
    {
      says: 'The radius of convergence is √(δ²+π²)/Δ with two classes, and at least π/Δ with more',
      tests: [
        { id: 'radius', what: 'largest relative error of the radius from coefficients at (1,2), (0.1,5), (4,1)', needed: { atMost: 1e-3 } },
        { id: 'coefficients', what: 'largest relative difference of coefficients and derivatives of order 1 … 6 by the engine', needed: { atMost: 1e-9 } },
        { id: 'bound', what: 'least radius as a multiple of π/Δ, random losses of 3 … 10 classes', needed: { atLeast: 1 } },
      ],
    },
    { says: 'Steps of τ/ρ < 1 along the gradient do not raise the loss', tests: [{ id: 'raised', what: 'share of such steps that raise it, network and linear model', needed: { atMost: 0 } }], control: 'longer steps: how many raise the loss is in the table' },
    {
      says: 'The controller τ <= ρ survives a learning rate that is 10⁴ times too large for one step, clipping does not',
      tests: [
        { id: 'controlled', what: 'final loss over that of a run without the spike, controller', needed: { atMost: 1.5 } },
        { id: 'clipped', what: 'the same with the gradient clipped to norm 1', needed: { atLeast: 10 } },
      ],
      control: 'gradient clipping, and no protection (in the table)',
    },
    {
      says: 'Training collapses as soon as τ/ρ >= 1',
      tests: [
        { id: 'collapse', what: 'least share of trainings of the linear model that collapse, τ/ρ = 1 … 64', needed: { atLeast: 1 } },
        { id: 'networkAtOne', what: 'share of trainings of the network at τ/ρ = 1 that collapse', needed: { atLeast: 1 } },
      ],
      control: 'the linear model',
      remark: 'The radius bounds the Taylor series, not the step. Beyond it steps begin to raise the loss at some multiple, which depends on the model.',
    },
    {
      says: 'A linear model of separable data never collapses up to τ/ρ = 64; networks do, far beyond the radius',
      tests: [
        { id: 'linearCollapse', what: 'largest share of trainings of the linear model that collapse, up to 64', needed: { atMost: 0 } },
        { id: 'networkCollapse', what: 'share of trainings of the network at τ/ρ = 256 that collapse', needed: { atLeast: 0.5 } },
      ],
    },
  ],
  notTried: ['large networks and mini-batches', 'adaptive optimizers', 'the cost of the controller in large models'],
};
