// Short ways to write records: element-wise functions by their scalar derivatives, functions of matrices, and
// functions defined by others.

import { must } from '../base/internal.ts';
import { sameShape } from '../ir/dim.ts';
import { type ApplyNode, type Expr, type Shape, apply } from '../ir/expr.ts';
import { type Fact, type Facts, signFacts } from '../ir/fact.ts';
import type { Curvature, Example, Form, FunctionRecord, Kinks, Look, Op, Params, Rule } from './op.ts';
import { dense } from './reference/dense.ts';
import type { Spell } from './spell.ts';

/** Builds the node, with the shape its record gives. */
export function call(op: Op, args: readonly Expr[], params: Params = []): ApplyNode {
  const ranks = op.ranks(params);
  const [first] = args;
  const batch = must(first).shape.slice(0, must(first).shape.length - must(ranks[0]));
  args.forEach((a, i) => {
    const mine = a.shape.slice(0, a.shape.length - must(ranks[i]));
    if (!sameShape(mine, batch)) throw new Error(`internal: ${op.name} with batch axes of different shapes`);
  });
  const own = args.map((a, i) => a.shape.slice(a.shape.length - must(ranks[i])));
  return apply(op.name, params, args, [...batch, ...op.shape(own, params)]);
}

export interface ScalarOptions {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly says: string;
  /** Scalar derivative by each argument, as an expression of all of them and of the node itself. */
  readonly partials: readonly ((args: readonly Expr[], node: Expr, params: Params) => Expr)[];
  readonly value: (args: readonly number[], params: Params) => number;
  readonly modular?: Op['modular'];
  readonly facts?: (args: readonly Facts[], node: ApplyNode) => readonly Fact[];
  readonly noticeForMatrix?: string;
  readonly needs?: (args: readonly string[]) => string;
  readonly excludes?: (args: readonly string[]) => string;
  readonly holds?: (args: readonly Facts[]) => boolean;
  readonly curvature?: Curvature;
  readonly byArgument?: Op['byArgument'];
  readonly inExponentials?: Op['inExponentials'];
  readonly ampl?: Op['ampl'];
  readonly elementary?: Op['elementary'];
  readonly range?: Op['range'];
  readonly hasSuperadditiveReciprocal?: Op['hasSuperadditiveReciprocal'];
  readonly timesArgument?: Op['timesArgument'];
  readonly written?: Op['written'];
  readonly look?: Look;
  readonly rules?: readonly Rule[];
  readonly kinks?: Kinks;
  readonly source?: string;
  readonly spell: Spell;
  readonly examples: readonly Example[];
}

/** A function of numbers, lifted entry by entry. */
export function scalarOp(o: ScalarOptions): { op: Op; record: FunctionRecord } {
  const op: Op = {
    name: o.name,
    spell: o.spell,
    ranks: () => o.partials.map(() => 0),
    shape: () => [],
    partial: ({ node, params }, k) => must(o.partials[k])(node.args, node, params),
    value: (args, params) =>
      dense(
        [],
        Float64Array.of(
          o.value(
            args.map((a) => must(a.data[0])),
            params,
          ),
        ),
      ),
    work: () => ({ flops: 0, functions: 1 }),
    scalarValue: o.value,
    ...(o.modular && { modular: o.modular }),
    ...(o.facts && { facts: o.facts }),
    ...(o.rules && { rules: o.rules }),
    ...(o.kinks && { kinks: o.kinks }),
    ...(o.excludes && { excludes: o.excludes }),
    ...(o.needs && { needs: o.needs }),
    ...(o.holds && { holds: o.holds }),
    ...(o.curvature && { curvature: o.curvature }),
    ...(o.byArgument && { byArgument: o.byArgument }),
    ...(o.ampl !== undefined && { ampl: o.ampl }),
    ...(o.elementary && { elementary: o.elementary }),
    ...(o.range && { range: o.range }),
    ...(o.hasSuperadditiveReciprocal && { hasSuperadditiveReciprocal: o.hasSuperadditiveReciprocal }),
    ...(o.timesArgument && { timesArgument: o.timesArgument }),
    ...(o.inExponentials && { inExponentials: o.inExponentials }),
    ...(o.written && { written: o.written }),
  };
  const record: FunctionRecord = {
    name: o.name,
    ...(o.aliases && { aliases: o.aliases }),
    says: o.says,
    family: 'element-wise',
    forms: [{ signature: `${o.partials.map(() => 'any').join(', ')} -> any`, build: (args) => call(op, args) }],
    ...(o.noticeForMatrix && { noticeForMatrix: o.noticeForMatrix }),
    ...(o.needs && { needs: o.needs(['x', 'y'].slice(0, o.partials.length)) }),
    ...(o.source && { source: o.source }),
    ...(o.look && { look: o.look }),
    examples: o.examples,
    op,
  };
  return { op, record };
}

export type MatrixOptions = Omit<Op, 'ranks'> &
  Omit<FunctionRecord, 'op' | 'forms' | 'needs'> & {
    readonly signature: string;
    readonly ranks: readonly number[];
    readonly requires?: readonly Fact[];
  };

/** A function of whole vectors or matrices, with its full partial. */
export function matrixOp(o: MatrixOptions): { op: Op; record: FunctionRecord } {
  const { signature, ranks, family, says, aliases, axis, noticeForMatrix, requires, source, examples, look, ...rest } = o;
  const op: Op = { ...rest, ranks: () => ranks };
  const record: FunctionRecord = {
    name: o.name,
    family,
    says,
    forms: [{ signature, build: (args) => call(op, args) }],
    examples,
    op,
    ...(aliases && { aliases }),
    ...(axis && { axis }),
    ...(noticeForMatrix && { noticeForMatrix }),
    ...(requires && { requires }),
    ...(source && { source }),
    ...(look && { look }),
    ...(o.needs && { needs: o.needs(['X', 'Y'].slice(0, ranks.length)) }),
  };
  return { op, record };
}

/** A function that is only another way to write other nodes. */
export function defined(o: Omit<FunctionRecord, 'op' | 'forms'> & { readonly forms: Readonly<Record<string, Form['build']>> }): FunctionRecord {
  return { ...o, forms: Object.entries(o.forms).map(([signature, build]) => ({ signature, build })) };
}

export function square(own: readonly Shape[]): Shape {
  return must(own[0]);
}

/** For `holds`: the first argument has one of these facts. */
export function whenFirstIs(...list: readonly Fact[]): (args: readonly Facts[]) => boolean {
  return ([first]) => first !== undefined && list.some((f) => first.has.has(f));
}

/** For odd functions that grow: the sign of the argument. */
export function signOfFirst([x]: readonly Facts[]): readonly Fact[] {
  return signFacts.filter((fact) => x?.has.has(fact));
}
