// How things are written in other languages, and how here.

import { functionNames } from '../ops/table.ts';

const modules = ['np', 'numpy', 'jnp', 'torch', 'tf', 'math', 'scipy', 'sp', 'la', 'linalg', 'nn', 'F', 'jax'];

// Written elsewhere → what to write here.
const advice: Readonly<Record<string, string>> = {
  T: "write A'",
  mT: "write A'",
  H: "write A'",
  transpose: "write A'",
  t: "write A'",
  trace: 'write tr(A)',
  dot: "write x'*y for vectors, A*x for a matrix product",
  vdot: "write x'*y",
  inner: "write x'*y",
  matmul: 'write A*B',
  mm: 'write A*B',
  mv: 'write A*x',
  multiply: 'write A.*B',
  hadamard: 'write A.*B',
  divide: 'write A./B',
  norm: 'write norm2(x); also norm1, norminf, nuc, spectral',
  power: 'write x.^k, or X^k for a matrix power',
  matrix_power: 'write X^k',
  mpower: 'write X^k',
  square: 'write x.^2',
  solve: 'write inv(A)*b',
  inverse: 'write inv(A)',
  ln: 'write log(x)',
  cross_entropy: 'write crossentropy',
  ones: 'write vector(1) or matrix(1)',
  zeros: 'write vector(0) or matrix(0)',
  identity: 'write eye',
  id: 'write eye',
  average: 'write mean(x)',
  reshape: 'write reshape(x, m, n)',
  einsum: "write #('ij,jk->ik', A, B)",
  tensordot: "write #('ij,jk->ik', A, B)",
  concatenate: 'write [x; y]',
  vstack: 'write [A; B]',
  hstack: 'write [A, B]',
  cat: 'write [A; B]',
  expit: 'write sigmoid(x)',
  fro: 'write norm2(A)',
  frobenius: 'write norm2(A)',
  rank: 'the rank has no derivative',
  round: 'rounding has no useful derivative',
  floor: 'rounding has no useful derivative',
  reduce_sum: 'write sum(x)',
  reduce_mean: 'write mean(x)',
  reduce_max: 'write max(x)',
  reduce_logsumexp: 'write logsumexp(x)',
  nansum: 'write sum(x)',
  item: 'leave it out',
  numpy: 'leave it out',
  detach: 'leave it out',
  size: 'sizes are declared: x: vector(n), and n is a number',
  shape: 'sizes are declared: x: vector(n), and n is a number',
  length: 'sizes are declared: x: vector(n), and n is a number',
  numel: 'sizes are declared: x: vector(n), and n is a number',
  grad: 'write the function itself; the derivative is what is asked for',
  gradient: 'write the function itself; the derivative is what is asked for',
  diff: 'write the function itself; the derivative is what is asked for',
  hessian: 'write the function itself, and derive twice: --by x --by x',
  jacobian: 'write the function itself; the derivative is what is asked for',
  if: 'write max, min, abs, relu or step',
  where: 'write max, min, abs, relu or step',
};

export function isModuleName(name: string): boolean {
  return modules.includes(name);
}

/** The function of ours that does what this one does, under one name or another. */
export function nameHere(name: string): string | undefined {
  if (functionNames().includes(name)) return name;
  const known = adviceOn(name);
  const [, other] = /^write (\w+)(?:\(\w\)(?:;.*)?)?$/.exec(known ?? '') ?? [];
  return other !== undefined && functionNames().includes(other) ? other : undefined;
}

/** Names to write in place of an unknown function. */
export function functionsLike(name: string): readonly string[] {
  const known = nameHere(name);
  if (known !== undefined) return [known];
  return adviceOn(name) === undefined ? nearest(name, functionNames()) : [];
}

function adviceOn(name: string): string | undefined {
  return [name, name.toLowerCase()].filter((n) => Object.hasOwn(advice, n)).map((n) => advice[n])[0];
}

/** For a text among the arguments of a function. */
export function stringAdvice(of: string, text: string): string {
  if (of === 'norm') return `write ${normNamed(text) ?? 'norm2'}(…)`;
  return "leave it out; texts stand only in #('ij,jk->ik', A, B)";
}

/** For a call with another number of arguments, where other languages have one more. */
export function argumentAdvice(name: string, second: string | undefined): string | undefined {
  if (name === 'norm' && second !== undefined) {
    const known = normNamed(second);
    return known === undefined ? 'write sum(abs(x).^p)^(1/p) for the norm with exponent p' : `write ${known}(…)`;
  }
  return undefined;
}

/** NumPy's and MATLAB's second argument of norm. */
function normNamed(which: string): string | undefined {
  const named: Readonly<Record<string, string>> = { '1': 'norm1', '2': 'norm2', inf: 'norminf', Inf: 'norminf', fro: 'norm2', nuc: 'nuc' };
  return Object.hasOwn(named, which) ? named[which] : undefined;
}

/** For `owner.property`. */
export function methodAdvice(owner: string | undefined, property: string): { help: string } {
  const isModule = owner !== undefined && isModuleName(owner);
  const known = advice[property];
  if (known !== undefined) return { help: known };
  if (functionNames().includes(property))
    return { help: isModule ? `write ${property}(…) without ${owner}.` : `write ${property}(${owner ?? '…'})` };
  return { help: 'names have no dots; functions are written f(x)' };
}

/** For an unknown function: the right spelling, else the nearest names. */
export function functionAdvice(name: string): string {
  const known = adviceOn(name);
  if (known !== undefined) return known;
  if (/^d\p{L}$/u.test(name)) return 'write the function itself; the derivative is what is asked for';
  const near = nearest(name, functionNames());
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`;
  return `declare it (${name}: function) if it is a function of your own; \`ricci functions\` lists all`;
}

/** Up to three names that differ by few letters, nearest first. */
export function nearest(name: string, among: readonly string[]): string[] {
  const limit = name.length <= 3 ? 1 : name.length <= 6 ? 2 : 3;
  return among
    .map((candidate) => ({ candidate, away: distance(name.toLowerCase(), candidate.toLowerCase(), limit) }))
    .filter((c) => c.away <= limit)
    .sort((a, b) => a.away - b.away || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map((c) => c.candidate);
}

// Damerau–Levenshtein distance (adjacent letters exchanged count once); beyond `limit` any larger number.
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit || a.length > 40) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? limit + 1;
}
