import type { EntryInfo } from '../entry.ts';

const regular = 'a/2*(norm2(W1)^2+norm2(W2)^2)+b/2*norm2(H)^2/n';

export const info: EntryInfo = {
  name: 'neural-collapse',
  title: 'Neural collapse in deep linear networks',
  topics: ['neural collapse', 'deep linear networks', 'class imbalance', 'regularisation'],
  asks: 'Where do the features of regularised deep linear networks end, with classes of equal and of unequal size?',
  sources: [
    'Dang, Tran, Osher, Tran-The, Ho, Nguyen, Neural Collapse in Deep Linear Networks: From Balanced to Imbalanced Data, ICML 2023, arXiv:2301.00437',
    'Papyan, Han, Donoho, Prevalence of neural collapse during the terminal phase of deep learning training, PNAS 2020',
  ],
  models: [
    { name: 'two layers', says: 'features H are free; n counts examples', text: `norm2(W2*W1*H-Y)^2/(2*n)+${regular}`, declare: 'W1: matrix(d, d); W2: matrix(K, d); H: matrix(d, N); Y: matrix(K, N); n, a, b: scalar', by: ['W1', 'W2', 'H'] },
    { name: 'three layers', says: 'one more', text: `norm2(W3*W2*W1*H-Y)^2/(2*n)+a/2*norm2(W3)^2+${regular}`, declare: 'W1, W2: matrix(d, d); W3: matrix(K, d); H: matrix(d, N); Y: matrix(K, N); n, a, b: scalar', by: ['W1', 'W2', 'W3', 'H'] },
    { name: 'one class', says: 'what remains for a class with the share p of the examples, whose features have the norm h and whose layers the gain w', text: 'parameters\n  scalar p\n  scalar a\n  scalar b\nvariables\n  scalar w\n  scalar h\nmin\n  p/2*(w^2*h-1)^2+a*w^2+b*p/2*h^2', solve: true },
  ],
  text: [
    'Minimise norm2(W_M ... W_1 H - Y)^2/(2N) + a/2 Σ norm2(W_m)^2 + b/2 norm2(H)^2/N over weights and features; Y has the one-hot labels. At the global optimum all features of a class are one vector, and the vectors of different classes are orthogonal: each class is a problem of its own in two numbers, a gain w of every layer and a length h of its features (the model "one class"). Equal classes have equal lengths. Smaller classes have longer features, because they pay for length with fewer examples.',
    'The spec of this entry is K = 4, d = 10, classes of 40, 30, 20 and 5, a = 0.005, b = 0.05, M = 2.',
  ],
  claims: [
    {
      says: 'With equal classes features collapse to their class means, and the means are orthogonal and of one length',
      tests: [
        { id: 'scatter', what: 'largest distance of a feature from its class mean', needed: { atMost: 1e-6 } },
        { id: 'cosine', what: 'largest cosine between class means', needed: { atMost: 1e-6 } },
        { id: 'lengths', what: 'largest relative difference of two lengths', needed: { atMost: 1e-6 } },
      ],
      control: 'without regularisation (a = b = 0) the fit is exact and nothing collapses: scatter in the table',
    },
    {
      says: 'With classes of 40, 30, 20 and 5 they still collapse to orthogonal means, of lengths 0.62, 0.68, 0.77 and 1.21',
      tests: [
        { id: 'scatterUnequal', what: 'largest distance of a feature from its class mean', needed: { atMost: 1e-6 } },
        { id: 'cosineUnequal', what: 'largest cosine between class means', needed: { atMost: 1e-6 } },
        { id: 'length40', what: 'length of the class of 40', needed: { between: [0.61, 0.63] } },
        { id: 'length30', what: 'length of the class of 30', needed: { between: [0.67, 0.69] } },
        { id: 'length20', what: 'length of the class of 20', needed: { between: [0.76, 0.78] } },
        { id: 'length5', what: 'length of the class of 5', needed: { between: [1.2, 1.22] } },
        { id: 'theory', what: 'largest relative difference from the problem of one class', needed: { atMost: 1e-6 } },
      ],
      control: 'equal classes, above',
    },
    { says: 'With one layer more the best of the starts collapses too', tests: [{ id: 'deepScatter', what: 'largest distance of a feature from its class mean', needed: { atMost: 1e-6 } }, { id: 'deepCosine', what: 'largest cosine between class means', needed: { atMost: 1e-6 } }] },
  ],
  notTried: ['features that a network makes: these are free variables', 'cross entropy', 'classes so small that their features vanish'],
};
