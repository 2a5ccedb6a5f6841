// Checks a certificate again, without the search that found it: every rule is verified by itself, identities by exact
// elimination of the Gram matrices and by numbers at random points, and every claim is tried against numbers too.

import { must, unreachable } from '../base/internal.ts';
import { random } from '../base/random.ts';
import { type Expr, sum } from '../ir/expr.ts';
import { type Fact, facts } from '../ir/fact.ts';
import { isInteger } from '../ir/rational.ts';
import { constant } from '../ir/build.ts';
import { children, postorder } from '../ir/walk.ts';
import { symmetricEigen } from '../ops/reference/symmetric-eigen.ts';
import { factsOf, has } from '../ops/facts.ts';
import { asPower } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { checkEqual } from '../run/check.ts';
import { interpreter } from '../run/interpret.ts';
import { forSizes, sample, sizeSampler, variablesOf } from '../run/sample.ts';
import { lookAtTime } from '../base/deadline.ts';
import { glued, portKey } from './glue.ts';
import type { Proof } from './proof.ts';
import { isDiagonal } from './network.ts';
import { quadraticForm, weighed } from './prove.ts';
import { leastValue } from './range.ts';
import { replaced } from './regular.ts';
import { wrongSlope } from './replay-slopes.ts';
import { type Block, isPsd } from './squares.ts';
import { excess as aboveBound } from './substitute.ts';
import { excess, gap } from './loewner.ts';
import { isTotal, shortfall } from './totals.ts';

/** Undefined when the proof holds; otherwise the step that does not, in words. */
export function replay(proof: Proof): string | undefined {
  lookAtTime();
  for (const premise of proof.premises) {
    const wrong = replay(premise);
    if (wrong !== undefined) return wrong;
  }
  return wrongStep(proof) ?? contradiction(proof);
}

function wrongStep(proof: Proof): string | undefined {
  const { of, property, reason, premises } = proof;
  const given: Given = (wanted, e) =>
    has(e, wanted) || premises.some((p) => p.of === e && (p.property === wanted || (wanted === 'nonnegative' && p.property === 'positive')));
  switch (reason.rule) {
    case 'fact':
      return has(of, property) ? undefined : `${property} is no fact of its expression`;
    case 'function': {
      if (of.kind !== 'apply') return 'a rule of a function stands at no function';
      const args = of.args.map((arg) => facts([...factsOf(arg).has, ...premises.filter((p) => p.of === arg).map((p): Fact => p.property)]));
      return facts(opNamed(of.op).facts?.(args, of) ?? []).has.has(property) ? undefined : `the record of ${of.op} does not give ${property}`;
    }
    case 'positive term': {
      if (of.kind !== 'sum' || property !== 'positive') return 'a rule of sums stands at no sum';
      const isStrict = of.terms.some((t) => t.coef.num > 0 && given('positive', t.arg));
      return isStrict && of.terms.every((t) => t.coef.num > 0 && given('nonnegative', t.arg)) ? undefined : 'a term of a positive sum has no sign';
    }
    case 'product':
      return property === 'positive' && children(of).every((c) => c.kind === 'number' || given('positive', c)) ? undefined : 'a factor of a positive product has no sign';
    case 'range':
      return property !== 'psd' && leastValue(of, property) ? undefined : 'the ranges of its terms do not give its sign';
    case 'bound': {
      const [x] = reason.of.args;
      const bound = x && opNamed(reason.of.op).timesArgument?.(x)[reason.which];
      return property === 'nonnegative' && bound && aboveBound(reason.of, bound) === of ? undefined : `the record of ${reason.of.op} has no such bound`;
    }
    case 'totals': {
      const { parts } = reason;
      const isHeld = opNamed(parts.of.op).hasSuperadditiveReciprocal?.(parts.of.args) === true && parts.of.shape.length === 0;
      if (!isHeld || property !== 'nonnegative' || shortfall(parts) !== of) return `the record of ${parts.of.op} has no such inequality`;
      return isTotal(parts) && parts.parts.every((p) => has(p.part, 'positive')) ? undefined : 'the parts of a total are not positive, or not all there';
    }
    case 'squares': {
      for (const block of reason.blocks) {
        const wrong = wrongBlock(block, given);
        if (wrong !== undefined) return wrong;
      }
      const unsigned = reason.drawn.find((d) => (has(d.variable, 'psd') ? !given('psd', d.value) : !hasSign(d.value, given)));
      if (unsigned) return 'a common denominator has no sign';
      const scalar = property === 'psd' ? quadraticForm(of) : weighed(of, ['nonnegative']);
      const meant = new Map<Expr, Expr>(reason.drawn.map((d) => [d.variable, d.value]));
      const compared = checkEqual(scalar, replaced(totalOf(reason.blocks), meant));
      return compared.equal ? undefined : `the squares do not add up to the expression (relative error ${compared.worst.toExponential(1)})`;
    }
    case 'order': {
      const isSame = property === 'psd' && excess(reason.larger, reason.smaller) === of;
      return isSame && given('psd', gap(reason.larger, reason.smaller)) ? undefined : 'the function does not order these matrices';
    }
    case 'entry':
    case 'scaled':
    case 'slope':
    case 'exchanged':
    case 'sides':
      return wrongSlope(proof, reason, given);
    default:
      return unreachable(reason);
  }
}

type Given = (wanted: Proof['property'], e: Expr) => boolean;

/** Weights with roots have signs, matrices at ports are psd, halves fit each other, and the coefficients are psd. */
function wrongBlock({ halves, gram }: Block, given: Given): string | undefined {
  const [first] = halves;
  for (const half of halves) {
    if (half.ports.some((p, k) => portKey(p) !== portKey(must(first?.ports[k])))) return 'two halves do not fit each other';
    if (half.atoms.some((a) => !isInteger(a.exponent) && !given('nonnegative', a.base) && !(isDiagonal(a) && given('psd', a.base)))) return 'a weight has no sign';
    if (half.ports.some((p) => p.kind === 'matrix' && !given('psd', p.matrix))) return 'a matrix between two halves is not known to be psd';
  }
  return isPsd(gram) ? undefined : 'the coefficients of the squares are not positive semidefinite';
}

/** Of a power of a base: even, a root (whose domain gives the sign), or of a base with a sign; else shown apart. */
function hasSign(e: Expr, given: Given): boolean {
  const p = asPower(e);
  if (!p) return given('nonnegative', e);
  return !isInteger(p.exponent) || p.exponent.num % 2 === 0 || given('nonnegative', p.base);
}

function totalOf(blocks: readonly Block[]): Expr {
  const terms = blocks.flatMap(({ halves, gram }) => halves.flatMap((a, i) => halves.map((b, j) => ({ coef: must(must(gram[i])[j]), arg: glued(a, b) }))));
  return terms.length === 0 ? constant(0) : sum(terms);
}

const points = 5;
// Beyond this a point is taken to lie at a pole, outside the domain.
const largest = 1e6;

/** A point where the claim is false by numbers; none is no proof. */
function contradiction({ of, property }: Proof): string | undefined {
  const stream = random(7);
  const variables = variablesOf([of]);
  const nodes = postorder([of]);
  // Matrices are tall in some and wide in others.
  const drawSizes = sizeSampler([of]);
  const runFor = forSizes((sizes) => interpreter(nodes, sizes));
  const [first, second] = [false, true].map((flipped) => {
    const sizes = drawSizes(stream, flipped);
    return { sizes, run: runFor(sizes) };
  });
  for (let k = 0; k < points; k++) {
    const { sizes, run } = must(k % 2 === 0 ? first : second);
    const all = run(sample(variables, sizes, stream).values);
    const passing = all.reduce((most, v) => v.data.reduce((m, x) => Math.max(m, Number.isNaN(x) ? Infinity : Math.abs(x)), most), 0);
    if (passing > largest) continue;
    const value = must(all.at(-1));
    const smallest = property === 'psd' ? Math.min(...symmetricEigen(value).values.data) : Math.min(...value.data);
    if (smallest < -1e-9 * passing) return `a value claimed ${property} is ${smallest} at a random point`;
  }
  return undefined;
}
