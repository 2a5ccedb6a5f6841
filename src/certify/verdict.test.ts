import { describe, expect, test } from 'vitest';
import { add, scale, times } from '../ir/build.ts';
import { inContext, newContext } from '../ir/expr.ts';
import { type Certification, certify, headline } from '../pipeline/certify.ts';
import { type Certificate, plain } from './convexity.ts';
import type { Proof } from './proof.ts';
import { replayed } from './verdict.ts';

function about<T>(line: string, look: (c: Certification) => T): T {
  const [text = '', by = '', declare = ''] = line.split('|').map((s) => s.trim());
  return inContext(newContext(), () => look(certify(text, { by: by.split(' '), declare })));
}

const curvature = (line: string): string => about(line, (c) => headline(c));

// What disciplined convex programming refuses as typed, and the differentiable atoms of its libraries.
const certified: Readonly<Record<string, string>> = {
  'sum(log(exp((-y).*(A*x))+vector(1))) | x': 'convex in x',
  'log(sum(exp(A*x))) | x': 'convex in x',
  "(1+(A*x)'*(A*x))^0.5 | x": 'convex in x',
  "(x'*x)/t | x t | x: vector(n); t: scalar positive": 'convex in x and t',
  'sum(x.*log(x./y)) | x y | x: vector(n) positive; y: vector(n) positive': 'convex in x and y',
  "-log(det(A'*diag(x)*A)) | x | x: vector(n) positive": 'convex in x',
  "tr(inv(A'*diag(x)*A)) | x | x: vector(n) positive": 'convex in x',
  'sum(x.^4)^0.25 | x': 'convex in x',
  's^4-2*s^3+3*s^2 | s | s: scalar': 'strongly convex in s',
  "log(sum(exp(A*x-b)))+0.05*x'*x | x": 'strongly convex in x',
  '-sum(log(x)) | x | x: vector(n) positive': 'strictly convex in x',
  "sum(x.*log(x)) | x | x: vector(n) positive": 'strictly convex in x',
  'exp(mean(log(x))) | x | x: vector(n) positive': 'concave in x',
  '-logdet(X) | X | X: matrix(n, n) pd': 'strictly convex in X',
  'tr(inv(X)) | X | X: matrix(n, n) pd': 'convex in X',
  "x'*inv(X)*x | x X | X: matrix(n, n) pd": 'convex in x and X',
  "x'*K*x | x | K: matrix(n, n) psd": 'convex in x',
  "x'*K*x | x | K: matrix(n, n) nsd": 'concave in x',
  "x'*K*x+sum(log(x)) | x | K: matrix(n, n) nd; x: vector(n) positive": 'strictly concave in x',
  "x'*K*x | x | K: matrix(n, n) pd": 'strongly convex in x',
  'norm2(A*x-b) | x': 'convex in x',
  '-norm2(x) | x': 'concave in x',
  'exp(norm2(x)) | x': 'convex in x',
  "norm2(A*x-b)^2/(c'*x+d) | x | c: vector(n); x: vector(n); b: vector(m)": "convex in x, where c'*x+d > 0",
  "c*norm1(x)+norm2(A*x-b)^2 | x": 'convex in x, where c > 0',
  'sum(hinge(y.*(A*w)).^2) | w': 'convex in w',
  'norminf(A*x-b) | x': 'convex in x',
  "max(x'*x, c'*x) | x | c: vector(n); x: vector(n)": 'convex in x',
  'lmax(X) | X | X: matrix(n, n) symmetric': 'convex in X',
  'lmin(X) | X | X: matrix(n, n) symmetric': 'concave in X',
  'nuc(X) | X': 'convex in X',
  'sum(huber(A*x-b)) | x': 'convex in x',
  '-x^0.5*y^0.5 | x y | x: scalar positive; y: scalar positive': 'convex in x and y',
  '(x^2)^0.5 | x | x: scalar': 'convex in x',
  '-(x^2)^0.5 | x | x: scalar': 'concave in x',
  "tr(A*X*B*X') | X | A: matrix(m, m) psd; B: matrix(n, n) psd": 'convex in X',
  "sum(((P.*P)*vector(1)-2*P*z+(z'*z)*vector(1)).^0.5) | z": 'convex in z',
  'log(1/x) | x | x: scalar positive': 'strictly convex in x',
  '1/x^2 | x | x: scalar negative': 'convex in x',
  'x^0.2*y^0.5*z^0.3 | x y z | x: scalar positive; y: scalar positive; z: scalar positive': 'concave in x and y and z',
  '1/sum(1./x) | x | x: vector(n) positive': 'concave in x',
  "t*log(sum(exp(x/t))) | x t | t: scalar positive; x: vector(n)": 'convex in x and t',
  "tr(X*inv(Y)*X') | X Y | Y: matrix(n, n) pd; X: matrix(m, n)": 'convex in X and Y',
  'sum(log(cosh(A*x))) | x': 'convex in x',
  'crossentropy(y, softmax(A*x)) | x | y: vector(m) simplex': 'convex in x',
  '-log(t-norm2(x)) | x t | t: scalar; x: vector(n)': 'convex in x and t',
  "-log(t-x'*x) | x t | t: scalar; x: vector(n)": 'convex in x and t',
  'log(1-exp(-x)) | x | x: scalar positive': 'strictly concave in x',
  'x^4+x^3+x^2 | x | x: scalar': 'strongly convex in x',
  'sum(diag(X).^2) | X': 'convex in X',
  'norm2(X)^2 | X | X: matrix(n, n) diagonal': 'strongly convex in X',
  'norm2(z-[1; 0]) | z | z: vector(2)': 'convex in z',
  '1/det(X) | X | X: matrix(n, n) pd': 'strictly convex in X',
  'det(X)^(1/3) | X | X: matrix(3, 3) pd': 'concave in X',
  '-tr(sqrtm(X)) | X | X: matrix(n, n) pd': 'convex in X',
  'sum(relu(x).^2)/t | x t | t: scalar positive; x: vector(n)': 'convex in x and t',
  "c'*x+d | x | c: vector(n); x: vector(n)": 'affine in x',
  'log(sum(exp(x)))+log(sum(exp(-x))) | x | x: vector(n)': 'convex in x',
  'a*log(a/b)+(1-a)*log((1-a)/(1-b)) | a b | a, b: scalar in (0, 1)': 'convex in a and b',
  'sum(svdvals(X)) | X | X: matrix(m, n)': 'convex in X',
  'sum(svdvals(A*X-B)) | X': 'convex in X',
  'sum(abs(x).^p)^(1/p) | x | x: vector(n); p: scalar in (1, inf)': 'convex in x',
  "sum(softplus(x))-x'*x | x | x: vector(n)": 'concave in x',
  'sum(sigmoid(-x)) | x | x: vector(n) positive': 'convex in x',
  '-log(x^2-1) | x | x: scalar in (1, inf)': 'strictly convex in x',
  'x^2*log(x) | x | x: scalar in (1, inf)': 'strongly convex in x',
  'log(x)/x | x | x: scalar in (5, inf)': 'convex in x',
  '-log(log(x)) | x | x: scalar in (1, inf)': 'strictly convex in x',
  '-log(tanh(x)) | x | x: scalar positive': 'convex in x',
  '1/tanh(x) | x | x: scalar positive': 'convex in x',
  'log(exp(x)-1) | x | x: scalar positive': 'strictly concave in x',
  "-log(t^2-x'*x) | x t | t: scalar positive; x: vector(4)": 'convex in x and t',
  'log(sum(exp(x))) | x | x: vector(3)': 'convex in x',
  'log(sum(exp(A*x))) | x | A: matrix(4, 3); x: vector(3)': 'convex in x',
  'sum(x.^2)-sum(x)^2/3 | x | x: vector(3)': 'convex in x',
  '-log(sin(x)) | x | x: scalar in (0, 3.14159)': 'strongly convex in x',
  'sum(sin(x)) | x | x: vector(n) in (0, 3)': 'strictly concave in x',
  '1/cos(x)+x*tan(x) | x | x: scalar in (0, 1.5)': 'strongly convex in x',
  'cos(x) | x | x: scalar in (1.6, 4.7)': 'strictly convex in x',
  'lgamma(x)-lgamma(x+2) | x | x: scalar positive': 'convex in x',
  'sum(lgamma(x+a)-lgamma(x)) | x | x: vector(n) positive; a: vector(n) positive': 'concave in x',
  'lgamma(sum(x))+lgamma(a)-lgamma(a+sum(x)) | x | x: vector(n) positive; a: scalar positive': 'convex in x',
  'max(svdvals(X)) | X': 'convex in X',
  'max(eigvals(S))-min(eigvals(S)) | S | S: matrix(n, n) symmetric': 'convex in S',
  'lgamma(sum(x))-sum(lgamma(x)) | x | x: vector(n) positive': 'concave in x',
  "lgamma(sum(x))-sum(lgamma(x))+(x-1)'*log(p) | x | x: vector(n) positive; p: vector(n) simplex": 'concave in x',
  'lgamma(a+b)-lgamma(a)-lgamma(b) | a b | a, b: scalar positive': 'concave in a and b',
};

// Each by points whose values contradict convexity and concavity.
const refuted = [
  'logsumexp(x)^2 | x',
  "(x'*A*x)*(x'*B*x) | x | A: matrix(n, n) psd; B: matrix(n, n) psd",
  'tr(inv(X)*Y*inv(X)) | X | X: matrix(n, n) pd; Y: matrix(n, n) psd',
  "v'*expm(Y)*v | Y | Y: matrix(n, n) symmetric; v: vector(n)",
  'tr(inv(S)*V)+logdet(S)-logdet(V) | S V | S: matrix(n, n) pd; V: matrix(n, n) pd',
  'sum(log(1+x.^2)) | x | x: vector(n)',
  'sum(x.*tanh(x)) | x | x: vector(n)',
  'norm2(y-vector(1)./(vector(1)+exp(-(A*x))))^2 | x',
  "x'*K*x | x",
  "x'*y | x y",
  'norm2(T-U*V)^2 | U V',
  'sum(sin(x)) | x',
];

// Not convex on the whole of their domain, or the domain is no convex set: no certificate may be given.
const withheld = [
  'tan(x) | x | x: scalar in (-1.5, 1.5)',
  '-cos(x) | x | x: scalar in (-1.6, 1.6)',
  'lgamma(x+2)-lgamma(x) | x | x: scalar positive',
  'lgamma(2*x)-lgamma(x)-2*x*log(x) | x | x: scalar positive',
  '1/x | x | x: scalar negative',
  'log(x^2-1) | x | x: scalar',
  '-log(x^2-1) | x | x: scalar',
  'sum(sqrt(abs(x))) | x',
  'max(x, y)^2 | x y | x: scalar; y: scalar',
  '-abs(x)+x^2 | x | x: scalar',
  '(x^2)^0.25 | x | x: scalar',
  'norm2(x)^0.5 | x',
  'det(X)^(1/2) | X | X: matrix(3, 3) pd',
  'min(x, y)^2 | x y | x: scalar; y: scalar',
  'exp(sum(log(x))/a) | x | a: scalar positive; x: vector(n) positive',
  'log(x)/x | x | x: scalar in (4, inf)',
  'x^2*log(x) | x | x: scalar in (0.2, inf)',
  "2*sum(softplus(x))-0.4*x'*x | x | x: vector(n)",
  'sum(sigmoid(-x)) | x | x: vector(n)',
  'sum(abs(x).^p) | x | x: vector(n); p: scalar in (0.5, inf)',
  '2*sum(lgamma(x))-3*lgamma(sum(x)) | x | x: vector(n) positive',
  '(a+b)*polygamma(1, a+b)-polygamma(1, a)-polygamma(1, b) | a b | a, b: scalar positive',
];

function* changed(c: Certificate): Generator<readonly [string, Certificate]> {
  const turned = { convex: 'concave', concave: 'convex' } as const;
  const bend = plain(c.curvature);
  if (bend !== 'affine') yield ['turned', { ...c, curvature: turned[bend] }];
  if (c.curvature !== 'strongly convex') yield ['stronger', { ...c, curvature: 'strongly convex' }];
  if (bend !== 'affine') yield ['affine', { ...c, curvature: 'affine' }];
  yield ['another expression', { ...c, of: times(c.of, c.of) }];
  yield ['another smooth expression', { ...c, smooth: add(c.smooth, c.smooth) }];
  if (c.conditions.length > 0) yield ['no conditions', { ...c, conditions: [] }];
  for (const [what, second] of changedProofs(c.second)) yield [`second: ${what}`, { ...c, second }];
  for (const [k, l] of c.lifts.entries()) {
    const other = (changes: object): Certificate => ({ ...c, lifts: c.lifts.with(k, { ...l, ...changes }) });
    yield [`lift ${k} turned`, other({ is: l.is === 'convex' ? 'concave' : 'convex' })];
    if (l.is !== 'affine') yield [`lift ${k} affine`, other({ is: 'affine' })];
    yield [`lift ${k} of another`, other({ node: add(l.node, l.node) })];
    if (l.node.shape.length > 0) yield [`lift ${k} of another shape`, other({ node: c.of })];
    if (l.growth) {
      const { growth, ...bare } = l;
      yield [`lift ${k} without growth`, { ...c, lifts: c.lifts.with(k, bare) }];
      for (const [what, g] of changedProofs(growth)) yield [`growth with ${k}: ${what}`, other({ growth: g })];
    }
    if (l.certificate) for (const [what, inner] of changed(l.certificate)) if (!what.includes('conditions')) yield [`lift ${k}: ${what}`, other({ certificate: inner })];
    if (l.spectrum) for (const [what, inner] of changed(l.spectrum.certificate)) yield [`spectrum ${k}: ${what}`, other({ spectrum: { ...l.spectrum, certificate: inner } })];
  }
}

function* changedProofs(proof: Proof): Generator<readonly [string, Proof]> {
  yield ['of the negative', { ...proof, of: scale(-1, proof.of) }];
  const { reason } = proof;
  if (reason.rule === 'squares' && reason.blocks.length > 0) {
    const grams = (by: number): Proof => ({ ...proof, reason: { ...reason, blocks: reason.blocks.map((b) => ({ ...b, gram: b.gram.map((row) => row.map((x) => ({ num: x.num * by, den: x.den }))) })) } });
    yield ['squares twice', grams(2)];
    yield ['negative squares', grams(-1)];
    yield ['a block less', { ...proof, reason: { ...reason, blocks: reason.blocks.slice(1) } }];
    for (const [k, d] of reason.drawn.entries()) yield [`drawn ${k}`, { ...proof, reason: { ...reason, drawn: reason.drawn.with(k, { ...d, value: scale(-1, d.value) }) } }];
  }
  for (const [k, premise] of proof.premises.entries()) {
    if (['fact', 'range', 'function'].includes(premise.reason.rule)) continue;
    yield [`without premise ${k}`, { ...proof, premises: proof.premises.toSpliced(k, 1) }];
    for (const [what, other] of changedProofs(premise)) yield [`premise ${k}: ${what}`, { ...proof, premises: proof.premises.with(k, other) }];
  }
}

describe('verdicts', () => {
  test.each(Object.entries(certified))('%s', (line, expected) => {
    expect(curvature(line)).toBe(expected);
  });

  test.each(refuted)('refuted: %s', (line) => {
    const found = about(line, ({ verdict }) => verdict);
    expect(found.kind).toBe('neither');
    if (found.kind !== 'neither') return;
    expect(found.notConvex.difference).toBeLessThan(0);
    expect(found.notConcave.difference).toBeGreaterThan(0);
  });

  test.each(withheld)('no certificate: %s', (line) => {
    const said = curvature(line);
    // One piece of the domain may be named.
    expect(said).not.toMatch(/^(strictly |strongly )?convex(?!.*, where)/);
  });

  test('a certificate that was tampered with does not replay', () => {
    about('norm2(A*x-b)^2 | x', ({ verdict: v }) => {
      expect(v.kind).toBe('certified');
      if (v.kind !== 'certified') return;
      expect(replayed(v.certificate)).toBeUndefined();
      const { reason } = v.certificate.second;
      if (reason.rule !== 'squares') throw new Error('expected squares');
      const doubled = reason.blocks.map((b) => ({ ...b, gram: b.gram.map((row) => row.map((c) => ({ num: c.num * 2, den: c.den }))) }));
      const negative = reason.blocks.map((b) => ({ ...b, gram: b.gram.map((row) => row.map((c) => ({ num: -c.num, den: c.den }))) }));
      for (const blocks of [doubled, negative]) {
        const second = { ...v.certificate.second, reason: { ...reason, blocks } };
        expect(replayed({ ...v.certificate, second })).toBeDefined();
      }
      expect(replayed({ ...v.certificate, curvature: 'concave' })).toBeDefined();
    });
    about('norm2(A*x-b) | x', ({ verdict: v }) => {
      expect(v.kind).toBe('certified');
      if (v.kind !== 'certified') return;
      const { lifts, of } = v.certificate;
      expect(lifts.map((l) => l.is)).toEqual(['affine']);
      expect(replayed(v.certificate)).toBeUndefined();
      expect(replayed({ ...v.certificate, of: times(of, of) })).toBe('the expression is not what its parts make');
      expect(replayed({ ...v.certificate, lifts: lifts.map((l) => ({ ...l, node: of })) })).toBeDefined();
    });
  });

  // One field after the other is changed; what is left must not replay.
  test.each([
    "log(sum(exp(A*x-b)))+0.05*x'*x | x",
    "norm2(A*x-b)^2/(c'*x+d) | x | c: vector(n); x: vector(n); b: vector(m)",
    "1/(1-x'*x) | x",
    "norm2(x)-log(1+norm2(x)) | x",
    'sum(x.^2./(1+abs(x))) | x',
    '(1+1/x)^x | x | x: scalar positive',
    "-logdet(Y-X*X') | X Y | Y: matrix(n, n) symmetric; X: matrix(n, m)",
    'log(det(X+Y))-log(det(X)) | X | X: matrix(n, n) pd; Y: matrix(n, n) psd',
    'sum(svdvals(X).^1.5) | X',
    'log(tr(expm(X))) | X | X: matrix(n, n) symmetric',
    'tr(X*(logm(X)-logm(Y))) | X Y | X: matrix(n, n) pd; Y: matrix(n, n) pd',
    'sum(hinge(y.*(A*w)).^2) | w',
    'sum(p.*log(p./q)) | p q | p: vector(n) nonnegative; q: vector(n) positive',
    'sum(x.*log(x./y)+(1-x).*log((1-x)./(1-y))) | x y | x: vector(n) in (0, 1); y: vector(n) in (0, 1)',
  ])('a changed certificate does not replay: %s', (line) => {
    about(line, ({ verdict: v }) => {
      if (v.kind !== 'certified') throw new Error('expected a certificate');
      expect(replayed(v.certificate)).toBeUndefined();
      const survivors = [...changed(v.certificate)].filter(([, other]) => replayed(other) === undefined);
      expect(survivors.map(([what]) => what)).toEqual([]);
    });
  });

  test('a vector has no convexity', () => {
    expect(() => about('A*x | x', () => 0)).toThrow(/scalar|number/);
  });
});
