// Text to a verdict on convexity.

import { RicciError } from '../base/diagnostic.ts';
import { unreachable } from '../base/internal.ts';
import { type Verdict, verdict } from '../certify/verdict.ts';
import type { Counterexample } from '../certify/refute.ts';
import type { Proof } from '../certify/proof.ts';
import { openProduct } from '../certify/glue.ts';
import { type Certificate, isSingular } from '../certify/convexity.ts';
import { opNamed } from '../ops/table.ts';
import { type Rational, isZero, keyOf } from '../ir/rational.ts';
import { type Expr, type VariableNode, variable } from '../ir/expr.ts';
import { rewriteUp, variables } from '../ir/walk.ts';
import { type Nested, toNested } from '../ops/reference/dense.ts';
import { toText, write } from '../lang/write.ts';
import { type Understood, readOrThrow, variableNamed } from '../pipeline.ts';
import { readable } from '../simplify/pipelines.ts';

export interface CertifyOptions {
  /** The variables that vary, together. */
  readonly by: readonly string[];
  readonly declare?: string;
}

export interface Certification {
  readonly reading: Understood;
  readonly by: readonly VariableNode[];
  readonly verdict: Verdict;
}

/**
 * Says whether a scalar expression is convex or concave in its variables, with a proof that was replayed, or with points
 * that refute it. Throws a `RicciError` when the text has errors or is no scalar.
 *
 * @example certify('log(sum(exp(A*x)))', { by: ['x'] }).verdict.kind // 'certified'
 */
export function certify(text: string, options: CertifyOptions): Certification {
  const reading = readOrThrow(text, options.declare);
  if (reading.expr.shape.length > 0) {
    throw new RicciError([
      {
        code: 'not-a-number',
        severity: 'error',
        message: 'convexity is a property of an expression whose value is a number',
        span: [0, text.length],
        needed: 'a scalar',
        found: reading.expr.shape.length === 1 ? 'a vector' : `${reading.expr.shape.length} axes`,
        help: 'ask for one entry, or for a sum with non-negative weights',
      },
    ]);
  }
  const by = [...new Set(options.by)].map((name) => variableNamed(reading, name).node);
  return { reading, by, verdict: verdict(reading.expr, by) };
}

/** One line: "strongly convex in x", "neither convex nor concave in x and y". */
export function headline({ verdict: v, by }: Pick<Certification, 'verdict' | 'by'>): string {
  const names = by.map((x) => x.name).join(' and ');
  switch (v.kind) {
    case 'certified': {
      const where = conditionsOf(v);
      return `${v.certificate.curvature} in ${names}${where.length > 0 ? `, where ${where.join(' and ')}` : ''}`;
    }
    case 'neither':
      return `neither convex nor concave in ${names}`;
    case 'unknown':
      return `not known to be convex or concave in ${names}${v.notConvex ? '; not convex' : v.notConcave ? '; not concave' : ''}`;
    default:
      return unreachable(v);
  }
}

/** What a certified verdict rests on beyond the declarations. */
export function conditionsOf(v: Verdict): string[] {
  if (v.kind !== 'certified') return [];
  const parts = v.certificate.conditions.map((c) => (c.fact === 'pd' ? `${shownText(c.of)} is positive definite` : `${shownText(c.of)} > 0`));
  return [...new Set([...v.assumed.map((x) => `${x.name} > 0`), ...parts])];
}

/** A step of a proof for readers: a claim, how it follows, and what it rests on. */
export interface ProofStep {
  readonly claim: string;
  readonly because: string;
  readonly steps: readonly ProofStep[];
}

export function proofSteps(c: Certificate): ProofStep[] {
  const parts: ProofStep[] = [];
  for (const l of c.lifts) {
    const name = shownText(l.variable);
    const inside = l.isInside ? `; ${name} is taken inside its set, the edge follows by continuity` : '';
    const rest = l.isRest ? `; ${name} is what a positive factor leaves of an argument that must be positive` : '';
    const claim = `${name} = ${shownText(l.node)} is ${l.is}`;
    const growth = l.growth ? [stepOf(l.growth, `the expression ${growsWith(c, l.is)} with ${name}`)] : [];
    const own = l.spectrum?.certificate ?? l.certificate;
    const because = l.spectrum ? `it is ${shownText(l.spectrum.of.reduced)} of the ${isSingular(l.spectrum.of) ? 'singular values' : 'eigenvalues'} of ${shownText(l.spectrum.of.matrix)}, which is ${l.spectrum.certificate.curvature}` : l.is === 'affine' ? 'no second derivative' : l.isRelativeEntropy ? 'the relative entropy of matrices, by a theorem of Lindblad' : l.isTotal ? 'in each of its entries' : l.certificate ? 'by itself' : 'by the rule of its function';
    parts.push({ claim, because: `${because}${rest}${inside}`, steps: [...(own ? proofSteps(own) : []), ...(l.spectrum?.growth ? [stepOf(l.spectrum.growth, 'it grows with each of them')] : []), ...growth] });
  }
  for (const k of c.kinks) parts.push({ claim: `the root ${shownText(k.node)} has its kink upwards`, because: 'the expression does not fall as it grows', steps: [stepOf(k.growth)] });
  if (c.curvature === 'affine') return [...parts, { claim: 'the second derivative along every line is 0', because: 'in normal form', steps: [] }];
  parts.push(stepOf(c.second, `${shownText(c.second.of)} >= 0`));
  for (const d of c.domain) parts.push(stepOf(d));
  return parts;
}

function growsWith(c: Certificate, is: 'convex' | 'concave' | 'affine'): string {
  return (is === 'convex') === c.curvature.endsWith('convex') ? 'does not fall' : 'does not grow';
}

function stepOf(proof: Proof, claim = claimOf(proof)): ProofStep {
  const { reason } = proof;
  const steps = proof.premises.map((p) => stepOf(p));
  switch (reason.rule) {
    case 'fact':
      return { claim, because: 'declared, or known of the function', steps };
    case 'function':
      return { claim, because: 'follows from its arguments', steps };
    case 'positive term':
      return { claim, because: 'a sum of terms that are not negative, one of them positive', steps };
    case 'product':
      return { claim, because: 'a product of positive factors', steps };
    case 'range':
      return { claim, because: 'by the ranges of its parts', steps };
    case 'totals':
      return { claim, because: `1/${reason.parts.of.op} is superadditive, and the inequality of Cauchy and Schwarz`, steps };
    case 'bound':
      return { claim, because: `a bound of ${reason.of.op}`, steps };
    case 'order':
      return { claim, because: `${reason.larger.op} ${opNamed(reason.larger.op).inLoewnerOrder?.grows === 1 ? 'keeps' : 'turns'} the order of semidefinite matrices`, steps };
    case 'entry':
      return { claim, because: 'entry by entry', steps };
    case 'scaled':
      return { claim, because: reason.by.length === 0 ? 'written otherwise' : `divided by ${reason.by.map(shownText).join(' and ')}`, steps };
    case 'slope':
      return { claim, because: `it is not negative at the ${reason.end === 'above' ? 'lower' : 'upper'} end for ${shownText(reason.variable)}, and does not fall from there`, steps };
    case 'exchanged':
      return { claim, because: `in another variable: ${shownText(reason.variable)} as its ${reason.how}`, steps };
    case 'sides':
      return { claim, because: `for ${shownText(reason.variable)} above and below 0`, steps };
    case 'squares': {
      const drawn = reason.drawn.map((d) => `${shownText(d.variable)} = ${shownText(d.value)}`);
      const blocks = reason.blocks.map(({ halves, gram }) => {
        const names = halves.map((h) => shownText(openProduct(h)));
        return gram.length === 1 ? `${keyOf(gram[0]?.[0] as Rational)} * <h, h> with h = ${names[0]}` : `sum C[a,b]*<h[a], h[b]> with h = ${names.join(' | ')} and C = ${matrixText(gram)}`;
      });
      const said = [...blocks, ...drawn];
      return { claim, because: said.length === 0 ? 'it is 0' : `a sum of squares: ${said.join('; ')}`, steps };
    }
    default:
      return unreachable(reason);
  }
}

function matrixText(C: readonly (readonly Rational[])[]): string {
  return `[${C.map((row) => row.map((c) => (isZero(c) ? '0' : keyOf(c))).join(', ')).join('; ')}]`;
}

function claimOf({ of, property }: Proof): string {
  return `${shownText(of)} ${property === 'psd' ? 'is positive semidefinite' : property === 'positive' ? '> 0' : '>= 0'}`;
}

/** Names made by the proof have blanks: they are shown as one word. */
export function shownText(e: Expr): string {
  const names = new Map<Expr, Expr>(
    variables([e])
      .filter((v) => v.name.includes(' '))
      .map((v) => [v, variable(v.name.replace(/^change of /, 'd_').replaceAll(' of it', '').replaceAll(' ', '_'), v.shape, v.facts)]),
  );
  const plain = rewriteUp(e, (node) => names.get(node) ?? node);
  return toText(write(readable(plain)));
}

/** A counterexample as nested arrays. */
export function counterexampleData(c: Counterexample): { readonly point: Record<string, Nested>; readonly direction: Record<string, Nested>; readonly difference: number } {
  const nested = (values: Counterexample['point']): Record<string, Nested> => Object.fromEntries([...values].map(([name, v]) => [name, toNested(v)]));
  return { point: nested(c.point), direction: nested(c.direction), difference: c.difference };
}

/** A certification as data, for `batch` and `certify --json`. */
export function certificationData(c: Certification): object {
  const v = c.verdict;
  const notices = c.reading.diagnostics;
  const names = c.by.map((x) => x.name);
  const says = headline(c);
  switch (v.kind) {
    case 'certified':
      return { curvature: v.certificate.curvature, by: names, says, conditions: conditionsOf(v), proof: proofSteps(v.certificate), notices };
    case 'neither':
      return { curvature: 'neither', by: names, says, counterexamples: { notConvex: counterexampleData(v.notConvex), notConcave: counterexampleData(v.notConcave) }, notices };
    case 'unknown':
      return {
        curvature: 'unknown',
        by: names,
        says,
        stoppedBy: { expression: shownText(v.obstacle.node), reason: v.obstacle.reason },
        ...((v.notConvex || v.notConcave) && {
          counterexamples: { ...(v.notConvex && { notConvex: counterexampleData(v.notConvex) }), ...(v.notConcave && { notConcave: counterexampleData(v.notConcave) }) },
        }),
        notices,
      };
    default:
      return unreachable(v);
  }
}
