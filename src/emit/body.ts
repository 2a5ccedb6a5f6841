// The straight-line program of a function as statements: what is used once is written where it is used, what is shared or
// long gets a name. The dialect spells; nothing here knows a language.

import { must, unreachable } from '../base/internal.ts';
import { mul } from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import { type CallSite, type Code, type Spelling, atom, fillTemplate } from '../ops/spell.ts';
import { opNamed } from '../ops/table.ts';
import type { Program, Step } from '../plan/primitive.ts';
import type { Dialect, Laid, Operand, Scope } from './dialect.ts';
import type { Body, Statement } from './module.ts';
import { type Writer, unitProduct } from './rearranged.ts';
import { type Slot, slots } from './slots.ts';
import { wishFor } from './wish.ts';

export interface BodyScope extends Omit<Scope, 'name'> {
  /** The identifier of a variable. */
  readonly input: (name: string) => string;
  readonly callable: (name: string, order: number) => string;
  /** A new local name. Every call of `locals` starts afresh. */
  readonly locals: () => (wish: string) => string;
}

/** Throws when an operation has no spelling in the target. */
export class NotInTarget extends Error {}

/** `resultNames` name the results where they are too long for one line. */
export function body(program: Program, dialect: Dialect, scope: BodyScope, resultNames: readonly string[]): Body {
  // Operands of a line that comes out too long get names, one at a time.
  for (const named = new Set<Step>(); ; ) {
    const before = named.size;
    const done = attempt(program, dialect, scope, named, resultNames);
    if (named.size === before) return done;
  }
}

function attempt(program: Program, dialect: Dialect, scope: BodyScope, named: Set<Step>, resultNames: readonly string[]): Body {
  const claim = scope.locals();
  const statements: Statement[] = [];
  const uses = countUses(program);
  const known = new Map<Step, Code>();
  const parts = new Map<string, readonly string[]>();
  const spell: Spell = {
    dialect,
    scope: {
      ...scope,
      name: ({ code, shape, wish }) => {
        const name = claim(wish ?? 't');
        statements.push({ names: [name], code, shape });
        return atom(name);
      },
    },
    code: (step) => must(known.get(step)),
    name: (step) => nameIn(known.get(step)),
    shared: (wishes, text) => {
      const found = parts.get(text);
      if (found) return found;
      const names = wishes.map(claim);
      parts.set(text, names);
      statements.push({ names, code: atom(text) });
      return names;
    },
  };
  for (const step of program.steps) {
    // Broadcasts and numbers are written by their users; what no user asks for as an array is never written.
    if ((uses.get(step) ?? 0) === 0 && !program.outputs.includes(step)) continue;
    const code = codeOf(step, spell);
    const isResult = program.outputs.includes(step);
    const free = isFree(step, code);
    const inline = free || (!named.has(step) && (uses.get(step) ?? 0) + (isResult ? 1 : 0) <= 1);
    if (code.text.length > dialect.width) {
      const longest = slots(step)
        .map((s) => s.of)
        .filter((s) => !named.has(s) && (uses.get(s) ?? 0) <= 1 && !isFree(s, must(known.get(s) ?? code)) && known.has(s))
        .sort((a, b) => must(known.get(b)).text.length - must(known.get(a)).text.length)[0];
      if (longest && must(known.get(longest)).text.length > 12) {
        named.add(longest);
        return { statements, results: [] };
      }
    }
    if (inline) {
      known.set(step, code);
      continue;
    }
    const name = claim(wishFor(step, spell.name));
    statements.push({ names: [name], code, shape: step.shape });
    known.set(step, { ...atom(name), ...(code.plain && { plain: true }) });
  }
  const results = program.outputs.map((s) => dialect.argument(must(known.get(s)), s.shape, spell.scope));
  const length = results.reduce((n, r) => n + r.text.length + 2, 0);
  if (results.length === 1 || length <= dialect.width) return { statements, results };
  const short = results.map((code, i) => {
    if (/^\w+$/.test(code.text)) return code;
    const name = claim(must(resultNames[i]));
    statements.push({ names: [name], code, shape: must(program.outputs[i]).shape });
    return atom(name);
  });
  return { statements, results: short };
}

/** Written again wherever it is used: names, numbers, transposes of names that cost nothing. */
function isFree(step: Step, code: Code): boolean {
  if (step.kind === 'input' || step.kind === 'size') return true;
  if (step.kind === 'fill' && step.shape.length === 0) return true;
  if (step.kind === 'call' && /^\w+$/.test(code.text)) return true;
  if (step.kind === 'transpose' && code.entry && code.turned && /^\w+$/.test(code.turned.text)) return true;
  return step.kind === 'transpose' && step.of.kind === 'input' && step.order.length === 2 && code.text.length < 24;
}

function countUses(program: Program): Map<Step, number> {
  const uses = new Map<Step, number>();
  const wanted = new Set<Step>(program.outputs);
  for (const step of program.steps.toReversed()) {
    if (!wanted.has(step)) continue;
    const unit = unitProduct(step);
    for (const s of unit ? [unit.other] : slots(step).filter((slot) => slot.value === undefined).map((slot) => slot.of)) {
      wanted.add(s);
      uses.set(s, (uses.get(s) ?? 0) + 1);
    }
  }
  return uses;
}

interface Spell extends Writer {
  readonly scope: BodyScope & Scope;
  /** The short name a step has, if it has one. */
  readonly name: (step: Step) => string | undefined;
  readonly shared: CallSite['shared'];
}

function codeOf(step: Step, spell: Spell): Code {
  const { dialect, scope, code } = spell;
  const operand = (s: Step): Operand => ({ code: code(s), shape: s.shape, wish: wishFor(s, spell.name) });
  const laid = (s: Slot): Laid =>
    s.value === undefined ? { ...operand(s.of), along: s.along ?? s.of.shape.map(() => true) } : { code: dialect.literal(s.value), shape: [], along: must(s.along) };
  switch (step.kind) {
    case 'input':
      return atom(scope.input(step.variable.name));
    case 'fill':
      return step.shape.length === 0 ? dialect.literal(step.value) : dialect.fill(step.value, step.shape, scope);
    case 'size':
      return { ...(dialect.count ?? same)(scope.dim(step.dim)), plain: true };
    case 'unit':
      return dialect.unit(step.node, scope);
    case 'transpose':
      return dialect.transpose(operand(step.of), step.order, scope);
    case 'diagonal':
      return dialect.diagonal(operand(step.of), step.first, step.second, scope);
    case 'reduce':
      if (step.of.kind === 'diagonal' && step.of.of.shape.length === 2) return dialect.trace(operand(step.of.of), scope);
      return dialect.reduce(operand(step.of), step.axes, scope);
    case 'expand':
      return dialect.expand(laid(must(slots(step)[0])), step.shape, scope);
    case 'multiply':
      return dialect.multiply(slots(step).map(laid), step.shape, scope);
    case 'combine':
      return dialect.combine(
        slots(step).map((s, i) => {
          const { coef } = must(step.terms[i]);
          return s.value === undefined ? { coef, of: laid(s) } : { coef: mul(coef, s.value), of: undefined };
        }),
        step.shape,
        scope,
      );
    case 'matmul':
    case 'einsum': {
      const unit = unitProduct(step);
      if (unit) return unit.spell(spell);
      if (step.kind === 'matmul') return dialect.matmul(operand(step.left), operand(step.right), step.batch, scope);
      if (step.out.length === 0 && step.leftLabels.length === step.rightLabels.length) {
        const order = step.leftLabels.map((l) => step.rightLabels.indexOf(l));
        if (order.every((axis, i) => axis === i)) return dialect.inner(operand(step.left), operand(step.right), scope);
        if (order.length === 2) return dialect.inner(operand(step.left), { code: dialect.transpose(operand(step.right), order, scope), shape: step.left.shape }, scope);
      }
      return dialect.einsum(operand(step.left), operand(step.right), { left: step.leftLabels, right: step.rightLabels, out: step.out }, scope);
    }
    case 'spread':
      return dialect.spread(laid(must(slots(step)[0])), step.pattern, step.shape, scope);
    case 'call':
      return called(step, slots(step), laid, spell);
    default:
      return unreachable(step);
  }
}

function same(code: Code): Code {
  return code;
}

function called(step: Step & { kind: 'call' }, places: readonly Slot[], laid: (s: Slot) => Laid, { dialect, scope, code, shared }: Spell): Code {
  const op = opNamed(step.node.op);
  const spelling: Spelling = op.spell[dialect.target];
  if (typeof spelling === 'object') throw new NotInTarget(`${op.name} has no spelling in ${dialect.target}: ${spelling.unsupported}`);
  const isArray = places.some((s) => s.value === undefined && s.along?.some((own) => own));
  const byEntry = step.elementwise && dialect.elementwise;
  const args = places.map((s) => {
    if (s.value !== undefined) return dialect.literal(s.value);
    if (byEntry) return code(s.of);
    const of = code(s.of);
    const needsAxes = step.elementwise && s.along !== undefined && !s.along.every((own) => own);
    const full = needsAxes ? dialect.multiply([{ code: of, shape: s.of.shape, along: must(s.along) }], step.shape, scope) : of;
    return step.elementwise ? full : dialect.argument(full, s.of.shape, scope);
  });
  const site: CallSite = {
    args,
    values: step.args.map((a) => (a.kind === 'fill' ? a.value : undefined)),
    params: step.node.params,
    batch: step.batch,
    ranks: step.args.map((a) => a.shape.length),
    node: step.node,
    has: (k, fact) => has(must(step.node.args[k]), fact),
    helper: scope.helper,
    shared,
    callable: scope.callable,
  };
  const spelled = (at: CallSite): Code => {
    const text = typeof spelling === 'string' ? fillTemplate(spelling, at) : spelling(at);
    return typeof text === 'string' ? atom(text) : text;
  };
  const anew = (given: readonly Code[], ranks: readonly number[]): Code => spelled({ ...site, args: given, ranks, batch: 0, shared: step.batch > 0 ? (parts, text) => parts.map((_, k) => dialect.partOf?.(text, k) ?? text) : shared });
  if (byEntry) return byEntry(places.map(laid), step.shape, scope, anew);
  if (step.batch > 0 && dialect.batched) return dialect.batched(places.map((s) => laid(s)), step.batch, step.shape, scope, anew);
  const asNumbers = spelled(site);
  // A function of plain numbers alone, such as log(2), may need an array to begin with.
  const result = !asNumbers.plain && args.length > 0 && args.every((a) => a.plain) ? spelled({ ...site, args: args.map((a) => dialect.argument(a, [], scope)) }) : asNumbers;
  if (!step.elementwise || isArray || step.shape.length === 0) return result;
  return dialect.expand({ code: result, shape: [], along: step.shape.map(() => false) }, step.shape, scope);
}

function nameIn(code: Code | undefined): string | undefined {
  return code && /^[A-Za-z]\w{0,11}$/.test(code.text) ? code.text : undefined;
}
