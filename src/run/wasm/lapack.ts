// Decompositions, solves and matrix functions over the kernels; matrices of doubles in linear memory.

export { cholesky, choleskySolve } from './lapack/cholesky.ts';
export { inertia, ldl, ldlSolve } from './lapack/ldl.ts';
export type { Inertia, Ldl } from './lapack/ldl.ts';
export { invert, isSingular, logDeterminant, lu, luSolve } from './lapack/lu.ts';
export type { Pivots } from './lapack/lu.ts';
export { expm, logm, sqrtm } from './lapack/matrix-function.ts';
export { qr } from './lapack/qr.ts';
export { svd } from './lapack/svd.ts';
export { symmetricEigen, symmetricEigenvalues } from './lapack/symmetric-eigen.ts';
