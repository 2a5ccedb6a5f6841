import type { EntryInfo } from '../entry.ts';

export const info: EntryInfo = {
  name: 'equivariant-products',
  title: 'Equivariant products: Clebsch–Gordan, Gaunt, grid, and low rank',
  topics: ['equivariant networks', 'spherical harmonics', 'tensor decomposition', 'rotations'],
  asks: 'What does the fast product of spherical signals leave out, and what does a low-rank product cost in equivariance?',
  sources: [
    'Luo, Chen, Krishnapriyan, Enabling Efficient Equivariant Operations in the Fourier Basis via Gaunt Tensor Products, ICLR 2024, arXiv:2401.10216',
    'Xie, Daigavane, Kotak, Smidt, The Price of Freedom: Exploring Expressivity and Runtime Tradeoffs in Equivariant Tensor Products, ICML 2025, arXiv:2506.13523',
    'Racah formula for 3j symbols: Edmonds, Angular Momentum in Quantum Mechanics, 3.6; integral of three harmonics: 4.6.3',
  ],
  models: [
    { name: 'product', says: 'bilinear in two signals of (L+1)^2 coefficients each; T holds Clebsch–Gordan or Gaunt coefficients', text: '#(ijk,i,j->k; T, x, y)', declare: 'T: tensor(n, n, n); x, y: vector(n)', by: ['x', 'y'] },
    { name: 'product on a grid', says: 'columns of Y are harmonics at the points of a grid with the weights w', text: "Y'*(w.*(Y*x).*(Y*y))", declare: 'Y: matrix(p, n); w: vector(p); x, y: vector(n)', by: ['x'] },
    { name: 'fit of low rank', says: 'distance of T from r products of three vectors', text: 'sum((T-#(ir,jr,kr->ijk; A, B, C)).^2)', declare: 'T: tensor(n, n, n); A, B, C: matrix(n, r)', by: ['A', 'B', 'C'] },
  ],
  text: [
    'The Clebsch–Gordan product couples degrees l1 and l2 to every l3 between |l1 - l2| and l1 + l2. Multiplying two functions on the sphere point by point couples only those with l1 + l2 + l3 even, with Gaunt coefficients, and can be done on a grid. So the Gaunt product has fewer paths, and lacks the cross product of two vectors: Gaunt(1,1,1) = 0.',
    'A product T̂ of low rank is not equivariant. Its equivariance error is |D·T̂ - T̂| for a rotation D, and since D·T = T and D is orthogonal it is at most |D·(T̂ - T)| + |T - T̂| = 2 |T - T̂|: twice the error of the fit.',
  ],
  claims: [
    {
      says: 'The Gaunt product lacks odd paths, such as the cross product of vectors',
      tests: [
        { id: 'cross', what: 'largest coefficient of Gaunt(1,1,1)', needed: { atMost: 1e-15 } },
        { id: 'crossCg', what: 'size of the Clebsch–Gordan path (1,1,1)', needed: { atLeast: 0.1 } },
        { id: 'paths', what: 'degrees L = 1 … 4 with the paths 5/4, 15/11, 34/23, 65/42 of Clebsch–Gordan and Gaunt', needed: { atLeast: 4 } },
      ],
    },
    { says: 'The product on a grid is the Gaunt product', tests: [{ id: 'grid', what: 'largest difference of coefficients, one by 3j symbols, one by quadrature', needed: { atMost: 1e-12 } }] },
    { says: 'Both products are equivariant', tests: [{ id: 'equivariance', what: 'largest relative change under random rotations', needed: { atMost: 1e-12 } }] },
    { says: 'The equivariance error of a product of rank r is at most twice the error of its fit', tests: [{ id: 'ratio', what: 'largest ratio over ranks and rotations', needed: { atMost: 2 } }, { id: 'fits', what: 'least relative error of the fits looked at', needed: { atLeast: 1e-9 } }] },
  ],
  notTried: ['speed', 'whether networks need the odd paths', 'weights per path'],
};
