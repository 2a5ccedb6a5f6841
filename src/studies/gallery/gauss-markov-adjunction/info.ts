import type { EntryInfo } from '../entry.ts';

export const info: EntryInfo = {
  name: 'gauss-markov-adjunction',
  title: 'Least squares as an adjunction',
  topics: ['least squares', 'pseudoinverse', 'category theory', 'symbolic proof'],
  asks: 'Are the affine map F(a) = X*a + b and the estimator G(y) = X⁺(y - b) an adjoint pair, with the residual as its counit?',
  sources: ['Kamiura, The Gauss-Markov Adjunction: Categorical Semantics of Residuals in Supervised Learning, arXiv:2507.02442', 'Penrose, A generalized inverse for matrices, 1955: the four conditions'],
  models: [
    { name: 'residual', says: 'half the squared residual, whose stationary point is the estimator', text: 'norm2(X*a+b-y)^2/2', declare: 'X: matrix(m, n); a: vector(n); b: vector(m); y: vector(m)', by: ['a'] },
    { name: 'estimator', says: 'G(y), with the pseudoinverse of the engine', text: 'pinv(X)*(y-b)', declare: 'X: matrix(m, n); b: vector(m); y: vector(m)', by: ['y'] },
  ],
  text: [
    'F takes parameters to predictions, G takes data to parameters. An adjunction has a unit a → G(F(a)) and a counit F(G(y)) → y with two triangle identities, F G F = F and G F G = G along these arrows. The counit moves F(G(y)) to y by the residual r = y - F(G(y)), and the normal equations X\'*r = 0 say that G sees nothing of it.',
    'Proof by the engine: a matrix of full column rank is X = U[:,1:n]*R with U orthogonal and R invertible (QR), and X⁺ = inv(R)*(U[:,1:n])\'. Each identity below, written with these, has the normal form 0. The four conditions of Penrose are proved on the way, so that X⁺ is the pseudoinverse and nothing else.',
  ],
  claims: [
    { says: 'Triangle identities, unit, normal equations and the conditions of Penrose hold for every X of full column rank', tests: [{ id: 'proved', what: 'identities whose normal form is 0, of 9', needed: { atLeast: 9 } }] },
    {
      says: 'They hold in numbers, with the compiled pseudoinverse',
      tests: [{ id: 'numbers', what: 'largest relative error over random X', needed: { atMost: 1e-14 } }],
      control: 'X without full column rank: the triangle identities still hold, but G(F(a)) = a does not; then the unit is no identity',
    },
    { says: 'For X without full column rank the triangle identities hold and the unit is not the identity', tests: [{ id: 'rankless', what: 'largest relative error of triangle identities and normal equations', needed: { atMost: 1e-10 } }, { id: 'unit', what: 'median relative difference of G(F(a)) and a', needed: { atLeast: 0.05 } }] },
  ],
  notTried: ['the categories of the paper beyond these maps: that F and G are functors is used as stated there', 'weighted or regularised least squares'],
};
