// What LaTeX commands are called here.

export const greekNames: ReadonlySet<string> = new Set(
  'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega'.split(
    ' ',
  ),
);

/** Commands and upright words that are functions, with their names here. */
export const functionWords: Readonly<Record<string, string>> = {
  ln: 'log',
  Tr: 'tr',
  trace: 'tr',
  Trace: 'tr',
  Det: 'det',
  sgn: 'sign',
  Sign: 'sign',
  ReLU: 'relu',
  Diag: 'diag',
  Vec: 'vec',
  arsinh: 'arcsinh',
  expit: 'sigmoid',
  lse: 'logsumexp',
  LSE: 'logsumexp',
  lambda_max: 'lmax',
  lambda_min: 'lmin',
  sigma_max: 'spectral',
};

/** Commands that stand for an operator. */
export const operatorWords: Readonly<Record<string, string>> = {
  cdot: '*',
  times: '*',
  ast: '*',
  odot: '.*',
  circ: '.*',
  oslash: './',
  otimes: ' ⊗ ',
  div: '/',
};

/** Commands around one argument that only change its look. */
export const fonts: ReadonlySet<string> = new Set(
  'mathbf boldsymbol bm mathit mathcal mathsf mathfrak mathbb vec pmb mathnormal mathscr ensuremath'.split(' '),
);

/** Commands around a word. */
export const upright: ReadonlySet<string> = new Set([
  'mathrm',
  'text',
  'textrm',
  'operatorname',
  'textbf',
  'textit',
  'rm',
]);

/** Commands around a letter that make another name. */
export const accents: ReadonlySet<string> = new Set([
  'hat',
  'tilde',
  'bar',
  'widehat',
  'widetilde',
  'overline',
  'check',
  'dot',
  'ddot',
  'underline',
]);

/** What to say of commands that have no meaning here. */
export const unsupported: Readonly<Record<string, string>> = {
  partial: 'write the function itself; the derivative is what is asked for',
  nabla: 'write the function itself; the derivative is what is asked for',
  int: 'integrals are not part of the language',
  lim: 'limits are not part of the language',
  prod: 'write the logarithm of the product as a sum',
  dots: 'write the terms out, or a \\sum',
  ldots: 'write the terms out, or a \\sum',
  cdots: 'write the terms out, or a \\sum',
  le: 'constraints belong to a model',
  leq: 'constraints belong to a model',
  ge: 'constraints belong to a model',
  geq: 'constraints belong to a model',
  in: 'declare the variables beside the expression',
  argmin: 'write the function itself',
  argmax: 'write the function itself',
  infty: 'infinity is not a number here',
  pm: 'write both cases',
  begin: 'only matrices (bmatrix, pmatrix) are read',
};
