import type { EntryInfo } from '../entry.ts';

const scores = '#(ita,ab,ib->it; X, W, Z)';
const shapes = 'X: tensor(m, t, d); W: matrix(d, d); Z: matrix(m, d); G: matrix(m, t)';
const margins = 'parameters\n  matrix A\n  matrix Z\nvariables\n';

export const info: EntryInfo = {
  name: 'transformers-as-svm',
  title: 'Attention trained by gradients becomes a support vector machine',
  topics: ['attention', 'implicit bias', 'support vector machines', 'nuclear norm', 'numerical stability'],
  asks: 'In which direction do attention weights grow when gradient descent trains them: W alone, and W = K*Q\'?',
  sources: ['Tarzanagh, Li, Thrampoulidis, Oymak, Transformers as Support Vector Machines, arXiv:2308.16898', 'Recht, Fazel, Parrilo, Guaranteed Minimum-Rank Solutions of Linear Matrix Equations via Nuclear Norm Minimization, SIAM Review 2010: the nuclear norm by factors, and its dual'],
  models: [
    { name: 'attention loss', says: 'one query z_i attends to the tokens X_i; G holds the scores of tokens, 1 for the one that matters and 0 for the others', text: `-sum(G.*softmaxrows(${scores}))`, declare: shapes, by: ['W'] },
    { name: 'pairwise gradient', says: 'the same gradient, in pairs a_t a_s (g_t - g_s) by logarithms: nothing cancels. B is very negative for pairs of equal scores, which count for nothing, and c scales the largest pair to 1', text: `L = logsoftmaxrows(${scores}); -#(ita,it,ib->ab; X, #(its,its->it; exp(#(it->its; L)+#(is->its; L)+B+c), #(it->its; G)-#(is->its; G)), Z)`, declare: `${shapes}; B: tensor(m, t, t); c: scalar` },
    { name: 'Frobenius margin', says: 'rows of A are differences of the token that matters and another, rows of Z their queries', text: `${margins}  matrix W\nmin\n  norm2(W)^2/2\nst\n  margin: rowsum((A*W).*Z) >= 1`, solve: true },
    { name: 'nuclear margin', says: 'the nuclear norm of W = K*Q\' is the least (norm2(K)^2+norm2(Q)^2)/2', text: `${margins}  matrix K\n  matrix Q\nmin\n  (norm2(K)^2+norm2(Q)^2)/2\nst\n  margin: rowsum((A*K).*(Z*Q)) >= 1`, solve: true },
  ],
  text: [
    'Attention with weights W separates the token that matters from the others when (x_opt - x_t)\' W z >= 1. As W grows the loss only falls, so what counts is the direction. Trained as one matrix, W turns to the solution of least Frobenius norm; trained as K*Q\', to that of least nuclear norm, whose rank is lower.',
    'The nuclear problem is solved through factors K and Q, which is not convex. Its optimum is certified by the multipliers: weak duality says that no W with margins >= 1 has a smaller nuclear norm than their sum, if the largest singular value of Σ λ A z\' is at most 1.',
    'The textbook gradient of softmax, a.*(g - a\'*g), loses all digits once attention saturates: a\'*g is g of the winning token but for a rest below rounding. Written in pairs a_t a_s (g_t - g_s) and with logarithms it keeps them, and only then does the direction go on turning.',
  ],
  claims: [
    {
      says: 'W trained as one matrix turns to the Frobenius solution',
      tests: [{ id: 'direct', what: 'least cosine with the Frobenius solution', needed: { atLeast: 0.999 } }, { id: 'same', what: 'largest relative difference of the pairwise gradient and the one of the engine, where both have digits', needed: { atMost: 1e-9 } }],
      control: 'the textbook gradient, which comes near, then loses its digits and wanders off along rounding errors (next claim, and the figure)',
    },
    { says: 'That needs the pairwise gradient', tests: [{ id: 'textbook', what: 'cosine at which the textbook gradient ends, largest over the problems', needed: { atMost: 0.8 } }] },
    {
      says: 'K and Q turn to the nuclear solution rather than to the Frobenius one',
      tests: [
        { id: 'nuclear', what: 'median cosine with the nuclear solution', needed: { atLeast: 0.94 } },
        { id: 'frobenius', what: 'median cosine with the Frobenius solution', needed: { between: [0.8, 0.94] } },
        { id: 'nearer', what: 'share of the runs that end nearer to the nuclear one', needed: { atLeast: 0.85 } },
      ],
      control: 'the Frobenius solution is itself at a cosine of about 0.9 from the nuclear one, so both columns must be seen together',
      remark: 'A run that is far from both has settled where another token wins for one input: there all margins cannot be kept, and the direction is that of another problem.',
    },
    {
      says: 'The nuclear solution has the lower rank',
      tests: [
        { id: 'rankFrobenius', what: 'median rank of the Frobenius solution', needed: { between: [6, 6] } },
        { id: 'rankNuclear', what: 'median rank of the nuclear solution', needed: { between: [2, 4] } },
        { id: 'gap', what: 'largest relative gap between nuclear norm and dual bound', needed: { atMost: 1e-6 } },
      ],
    },
  ],
  notTried: ['scores that differ among the other tokens, where gradient descent may settle on a token that is best only locally', 'a trained value head', 'plain gradient descent without normalised steps, which turns the same way more slowly'],
};
