import type { EntryInfo } from '../entry.ts';

const declare = 'c: vector(n); X: matrix(n, d); B, C: matrix(n, k)';

export const info: EntryInfo = {
  name: 'heads-and-ssms',
  title: 'Attention heads and state-space models as mixing operators',
  topics: ['attention', 'state-space models', 'expressivity', 'equivariance'],
  asks: 'When can heads y_i = Σ_j Σ_h α^h_ij V_h x_j imitate a state-space model y_i = Σ_j C A^{i-j} B x_j, and when are both one computation?',
  sources: [
    'Dao, Gu, Transformers are SSMs: Generalized Models and Efficient Algorithms Through Structured State Space Duality, ICML 2024, arXiv:2405.21060',
    'Eckart, Young, The approximation of one matrix by another of lower rank, 1936: the best that H heads can do',
  ],
  models: [
    { name: 'heads against operators', says: 'rows of S are the operators W_ij as vectors; alpha weighs the H operators in the rows of V', text: 'norm2(S-alpha*V)^2/norm2(S)^2', declare: 'S: matrix(p, q); alpha: matrix(p, H); V: matrix(H, q)', by: ['alpha', 'V'] },
    { name: 'masked attention', says: 'state-space duality: the mask holds the products of decays exp(c_i - c_j), j <= i', text: "(tril(exp(c*vector(1)'-vector(1)*c')).*(C*B'))*X", declare, by: ['X', 'B'] },
    { name: 'recurrence', says: 'one step of the same computation as a recurrence of the state H', text: "a*H+b*x'", declare: 'a: scalar; H: matrix(k, d); b: vector(k); x: vector(d)', by: ['H', 'a'] },
    { name: 'without a mask', says: 'linear attention over all positions', text: "(X*P)*(X*Q)'*X", declare: 'X: matrix(n, d); P, Q: matrix(d, k)', by: ['X'] },
  ],
  text: [
    'A state-space model with k different modes mixes by the operators W_ij = C A^{i-j} B = Σ_m λ_m^{i-j} C_m B_m: each is a combination of k operators of rank one, and they span k dimensions. H heads mix by combinations of H operators V_h. So H >= k heads can do it exactly, with α^h_ij = λ_h^{i-j}, and H < k heads leave at least the singular values of S after the H-th (Eckart and Young), whatever their attention does.',
    'With scalar decays a_t the recurrence h_t = a_t h_{t-1} + B_t x_t\', y_t = h_t\' C_t is attention with the mask L_ij = a_{j+1} … a_i. Without a mask, permuting the positions of the input permutes the output: P (X P_1)(X Q_1)\' X, by the normal form of the engine for every orthogonal P.',
  ],
  claims: [
    { says: 'The operators of a model with k modes span k dimensions', tests: [{ id: 'span', what: 'numbers of modes 1 … 6 for which the numerical rank is k', needed: { atLeast: 6 } }] },
    {
      says: 'H < k heads leave an error, H = k leave none',
      tests: [
        { id: 'exact', what: 'largest relative error with H = k heads, built from the eigenvectors of A', needed: { atMost: 1e-12 } },
        { id: 'fewer', what: 'least relative error with H = k - 1 heads, by Eckart and Young', needed: { atLeast: 5e-4 } },
        { id: 'trained', what: 'error of trained heads against the best possible, largest relative excess', needed: { atMost: 0.01 } },
      ],
      control: 'trained heads: L-BFGS on the gradients of the engine finds what Eckart and Young allow, and no more',
    },
    {
      says: 'Masked attention and recurrence are one function, and so are their gradients',
      tests: [{ id: 'duality', what: 'largest relative difference of outputs', needed: { atMost: 1e-13 } }, { id: 'adjoint', what: 'largest relative difference of gradients by X, one by the engine, one by the recurrence run backwards', needed: { atMost: 1e-13 } }],
    },
    {
      says: 'The variant without a mask is equivariant under permutations of positions',
      tests: [{ id: 'permuted', what: 'largest relative error', needed: { atMost: 1e-13 } }, { id: 'proved', what: 'proofs by normal form, of 1', needed: { atLeast: 1 } }],
      control: 'with the causal mask the same test finds a difference of order 1 (in the table)',
    },
  ],
  notTried: ['whether training with softmax attention finds these weights', 'modes that coincide, or are complex', 'speed'],
};
