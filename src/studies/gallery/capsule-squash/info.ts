import type { EntryInfo } from '../entry.ts';

export const info: EntryInfo = {
  name: 'capsule-squash',
  title: 'The squash of capsule networks starves short capsules',
  topics: ['capsule networks', 'vanishing gradients', 'Jacobian', 'singular values'],
  asks: 'How much of a gradient passes through the squash of a capsule of length m?',
  sources: [
    'Sabour, Frosst, Hinton, Dynamic Routing Between Capsules, NeurIPS 2017, arXiv:1710.09829: the squash',
    'Mitterreiter, Koch, Giesen, Laue, Why Capsule Neural Networks Do Not Scale: Challenging the Dynamic Parse-Tree Assumption, AAAI 2023, arXiv:2301.01583: vanishing gradients starve capsules',
  ],
  models: [
    { name: 'squash', says: 'the squash in the form that never divides by the length', text: 'norm2(s)/(1+norm2(s)^2)*s', declare: 's: vector(n)', by: ['s'] },
    { name: 'textbook squash', says: 'as it is usually written; the same function', text: 'norm2(s)^2/(1+norm2(s)^2)*s/norm2(s)', declare: 's: vector(n)', by: ['s'] },
    { name: 'shrinkage', says: 'a control: a squash of the same range whose Jacobian does not vanish', text: 's/sqrt(1+norm2(s)^2)', declare: 's: vector(n)', by: ['s'] },
  ],
  text: [
    'With m = norm2(s) the squash is v = g(m) s with g(m) = m/(1+m^2). Its Jacobian is g(m) eye + g\'(m)/m s*s\'. A direction across s is multiplied by g(m) = m/(1+m^2), the direction along s by g(m) + m g\'(m) = 2m/(1+m^2)^2. These are its singular values, the first n-1 times and the second once. Both are 0 at m = 0 and grow like m and 2m there.',
    'So a capsule that is short passes on a gradient that is as short: what is nearly dead learns nearly nothing. A squash s/sqrt(1+m^2) has the same range, and passes gradients of short capsules on whole.',
  ],
  claims: [
    {
      says: 'The Jacobian of the squash has the singular values m/(1+m^2) (across) and 2m/(1+m^2)^2 (along)',
      tests: [
        { id: 'formula', what: 'largest error, relative to the largest singular value, over lengths 1e-8 … 1e3 and dimensions 2 … 16', needed: { atMost: 1e-10 } },
        { id: 'identities', what: 'identities J s and J t for t across s that the engine finds true at random points, of 2', needed: { atLeast: 2 } },
      ],
    },
    {
      says: 'Both vanish linearly as the capsule gets short',
      tests: [
        { id: 'across', what: 'exponent of the singular value across, for m below 1e-3', needed: { between: [0.999, 1.001] } },
        { id: 'along', what: 'exponent of the singular value along, for m below 1e-3', needed: { between: [0.999, 1.001] } },
      ],
      control: 's/sqrt(1+m^2), a squash of the same range: its smallest singular value goes to 1, exponent 0 (measured in the table)',
    },
  ],
  notTried: ['what training does with it: see the study of capsules', 'other squashes from the literature'],
};
