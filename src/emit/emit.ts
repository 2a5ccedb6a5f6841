// Expressions to source code: outputs together through the passes, steps to statements, statements to a file.

import { listed } from '../base/words.ts';
import { must } from '../base/internal.ts';
import { type Dim, dimName, dimNames, dimValue } from '../ir/dim.ts';
import { type Expr, type Shape, type VariableNode, variable as newVariable } from '../ir/expr.ts';
import { postorder, rewriteUp } from '../ir/walk.ts';
import { type Code, type Target, atom, level, wrap } from '../ops/spell.ts';
import { type Sizes, binarise } from '../plan/binarise.ts';
import { type Program, program } from '../plan/primitive.ts';
import { fast as tidy, fastAll } from '../simplify/pipelines.ts';
import { stabilise, withSolves } from '../simplify/stabilise.ts';
import { type BodyScope, NotInTarget, body } from './body.ts';
import type { Dialect } from './dialect.ts';
import { arranged, distributed } from '../plan/arrange.ts';
import { cpp } from './cpp.ts';
import { jax } from './jax.ts';
import type { Argument, Callable, FunctionModel, ModuleModel, SelfCheck, Signature, SizeSource } from './module.ts';
import { newNames } from './names.ts';
import { numpy } from './numpy.ts';
import { octave } from './octave.ts';
import { rLanguage } from './r.ts';
import { structured } from '../plan/structure.ts';
import { torch } from './torch.ts';
import { typescript } from './typescript.ts';

/** One function of the module. */
export interface Output {
  /** Name of the function; made an identifier. */
  readonly name: string;
  /** What it is, in one line of plain text. */
  readonly says: string;
  readonly expr: Expr;
  /** The argument beyond those of the module: the direction of a product. */
  readonly direction?: VariableNode;
  /** A second derivative that this direction stands for the last axes of: given as core and `apply` where it has structure. */
  readonly by?: VariableNode;
  /** It is the derivative of this output by this variable, for the self-check. */
  readonly derives?: { readonly of: string; readonly by: VariableNode };
}

export interface EmitRequest {
  /** Name of the module. */
  readonly name: string;
  /** What is computed, in the user's words. */
  readonly title: string;
  /** Arguments of every function, in order. */
  readonly variables: readonly VariableNode[];
  readonly outputs: readonly Output[];
  /** Functions that compute several outputs in one go. */
  readonly combined?: readonly { readonly name: string; readonly outputs: readonly string[] }[];
  /** Functions of several results, each computed nowhere else, with names that are taken as they are. */
  readonly groups?: readonly Group[];
  /** Sizes to plan for; those that are not given count as typical. */
  readonly sizes?: Sizes;
}

export interface Group {
  readonly name: string;
  readonly says: string;
  readonly results: readonly { readonly name: string; readonly expr: Expr }[];
}

export interface EmittedFile {
  readonly path: string;
  readonly text: string;
}

/** The dialects there are. */
export const dialects: Readonly<Partial<Record<Target, Dialect>>> = {
  numpy,
  jax,
  torch,
  octave,
  cpp,
  r: rLanguage,
  typescript,
};

/** Source code for the request. Throws `NotInTarget` when an operation has no spelling there. */
export function emit(request: EmitRequest, dialect: Dialect): EmittedFile {
  const model = moduleFor(request, dialect);
  return { path: `${model.name}${dialect.extension}`, text: dialect.module(model) };
}

/** The functions of the request, spelled but not yet laid out. Throws like `emit`. */
export function moduleFor(request: EmitRequest, dialect: Dialect): ModuleModel {
  const builder = newBuilder(request, dialect);
  const byName = new Map(request.outputs.map((o) => [o.name, o]));
  for (const o of request.outputs) builder.output(o);
  for (const { name, outputs } of request.combined ?? []) builder.combined(name, outputs.map((o) => must(byName.get(o))));
  for (const g of request.groups ?? []) builder.group(g);
  return builder.finish();
}

/** The steps of several results that share work, in stable forms, products in the order that costs least. */
export function planned(exprs: readonly Expr[], sizes: Sizes): Program {
  const fast = fastAll(exprs);
  const wide = distributed(fast);
  const start = wide.every((e, i) => e === fast[i]) ? fast : fastAll(wide);
  return program(withSolves(binarise(arranged(stabilise(start)), sizes)));
}

interface Builder {
  readonly group: (g: Group) => void;
  readonly output: (o: Output) => void;
  readonly combined: (name: string, outputs: readonly Output[]) => void;
  readonly finish: () => ModuleModel;
}

function newBuilder(request: EmitRequest, dialect: Dialect): Builder {
  const sizes = request.sizes ?? new Map<string, number>();
  const names = newNames(dialect.reserved);
  const fileName = (dialect.isNamedAsFile ? names : newNames(dialect.reserved)).claim(request.name);
  const notFunctions = dialect.reservedForFunctions ?? new Set<string>();
  const custom = dialect.custom ?? ((wish: string): string => wish);
  const functionNames = new Map<string, string>();
  const claimFunction = (wish: string): string => {
    const found = functionNames.get(wish) ?? names.claimApart(custom(wish), notFunctions);
    functionNames.set(wish, found);
    return found;
  };
  // Functions first, so that they keep the names that were asked for; then arguments, then sizes.
  for (const o of request.outputs) claimFunction(o.name);
  for (const c of request.combined ?? []) claimFunction(c.name);
  const structures = new Map(request.outputs.flatMap((o) => ((s) => (s ? [[o.name, s] as const] : []))(o.by && structured(tidy(o.expr), o.by, tidy))));
  for (const name of structures.keys()) for (const tail of ['core', 'apply', 'solve']) claimFunction(`${name}_${tail}`);

  const args: Argument[] = request.variables.map((variable) => ({ variable, name: names.claim(variable.name) }));
  const all = [...request.outputs.map((o) => o.expr), ...(request.groups ?? []).flatMap((g) => g.results.map((r) => r.expr))];
  const everyLocal = new Set<string>();
  // Declared functions are arguments too: every function takes all of them, whichever bodies ask for them.
  const callables: Callable[] = [];
  const callable = (name: string, order: number): string => {
    const found = callables.find((c) => c.function === name && c.order === order);
    if (found) return found.name;
    let free = names.claimApart(order === 0 ? name : `d${order === 1 ? '' : order}${name}`, notFunctions);
    while (everyLocal.has(free)) free = names.claimApart(free, notFunctions);
    const made = { function: name, order, name: free };
    callables.push(made);
    return made.name;
  };
  const sizeNames = new Map<string, string>();
  const sizeName = (size: string): string => {
    const found = sizeNames.get(size) ?? names.claim(size);
    sizeNames.set(size, found);
    return found;
  };
  const sizesIn = (shapes: readonly Shape[], exprs: readonly Expr[]): string[] => [
    ...new Set([...shapes.flat(), ...postorder(exprs).flatMap((e) => (e.kind === 'size' ? [e.dim, ...e.shape] : e.shape))].flatMap(dimNames).flatMap(plainNames)),
  ];
  const signatureOf = (own: readonly Argument[], exprs: readonly Expr[]): Signature => {
    const sources: SizeSource[] = [];
    for (const from of own) {
      from.variable.shape.forEach((d, axis) => {
        const size = dimName(d);
        if (size === undefined || size.startsWith('min(') || sources.some((s) => s.size === size)) return;
        sources.push({ size, name: sizeName(size), from, axis });
      });
    }
    const missing = sizesIn(own.map((a) => a.variable.shape), exprs).filter((size) => sources.every((s) => s.size !== size));
    return { arguments: own, sizes: sources, explicit: missing.map((size) => ({ size, name: sizeName(size) })), callables };
  };
  const signature = signatureOf(args, all);
  const helpers = new Map<string, string>();
  const helper = (name: string): string => {
    const called = dialect.helperName?.(name) ?? `_${name}`;
    helpers.set(name, called);
    return called;
  };

  const functions: FunctionModel[] = [];
  const addFunction = (f: Pick<FunctionModel, 'name' | 'says' | 'results'> & { exprs: readonly Expr[]; extra?: readonly VariableNode[]; instead?: readonly VariableNode[]; core?: string }): void => {
    // A local name may be that of a function of the module, which no body calls.
    const local = newNames(dialect.reserved, new Set([...args.map((a) => a.name), ...sizeNames.values(), ...callables.map((c) => c.name)]));
    const own = f.instead ?? f.extra;
    const more: Argument[] = (own ?? []).map((variable) => ({ variable, name: local.claim(f.instead && f.instead.length > 2 ? variable.name.replace(/^core (\d+)$/, (_, k: string) => `core_${Number(k) + 1}`).replace(/ .*$/, '') : variable.name.replace(/ .*$/, '')) }));
    const mine: Signature = f.instead ? { ...signatureOf(more, f.exprs), callables: [] } : more.length === 0 ? signature : { ...signature, arguments: [...args, ...more] };
    const used = new Map<string, SizeSource>();
    const identifiers = new Map(mine.arguments.map((a) => [a.variable.name, a.name]));
    const scope: BodyScope = {
      dim: (d) => dimCode(d, dialect, (size) => {
        const source = mine.sizes.find((s) => s.size === size);
        if (source) used.set(size, source);
        return source?.name ?? must(mine.explicit.find((s) => s.size === size)).name;
      }),
      helper,
      first: mine.arguments[0]?.name,
      input: (name) => must(identifiers.get(name), `argument ${name}`),
      callable,
      locals: () => {
        const inner = local.inner();
        return (wish) => {
          const name = inner.claim(custom(wish));
          everyLocal.add(name);
          return name;
        };
      },
    };
    const done = body(planned(f.exprs, sizes), dialect, scope, f.results.map((r) => r.name));
    const core = f.core === undefined ? undefined : { name: f.core, parts: more.filter((a) => a.variable.name.startsWith('core ')).map((a) => a.name) };
    functions.push({ name: f.name, says: f.says, signature: mine, shared: f.instead ? 0 : args.length, ...(core && { core }), used: [...used.values()], body: done, results: f.results });
  };

  const checks: SelfCheck[] = [];
  return {
    group: ({ name, says, results }) => addFunction({ name, says, exprs: results.map((r) => r.expr), results: results.map((r) => ({ name: r.name, shape: r.expr.shape })) }),
    output: (o) => {
      const name = claimFunction(o.name);
      addFunction({ name, says: o.says, exprs: [o.expr], results: [{ name: o.name, shape: o.expr.shape }], ...(o.direction && { extra: [o.direction] }) });
      const found = structures.get(o.name);
      if (found && o.by) {
        const { cores, apply, solve } = found;
        addFunction({ name: claimFunction(`${o.name}_core`), says: `The numbers of \`${name}\` without its zeros and repetitions, for \`${name}_apply\`.`, exprs: cores.map((c) => c.value), results: cores.map((c) => ({ name: 'core', shape: c.value.shape })) });
        addFunction({ name: claimFunction(`${o.name}_apply`), says: `\`${name}\` applied to a direction, from its core.`, exprs: [apply], instead: [...cores.map((c) => c.variable), o.by], core: 'core', results: [{ name: 'product', shape: apply.shape }] });
        if (solve) ifSpelled(() => addFunction({ name: claimFunction(`${o.name}_solve`), says: `The direction that \`${name}_apply\` maps to \`rhs\`: a linear system solved from the core.`, exprs: [exchanged(solve, must(o.by), rhsFor(must(o.by)))], instead: [...cores.map((c) => c.variable), rhsFor(must(o.by))], core: 'core', results: [{ name: 'solution', shape: solve.shape }] }));
      }
      const by = o.derives && args.find((a) => a.variable.name === o.derives?.by.name);
      if (!o.derives || !by) return;
      checks.push({ of: claimFunction(o.derives.of), derivative: name, by, how: o.direction ? 'product' : 'array' });
      if (found) checks.push({ of: claimFunction(o.derives.of), derivative: name, by, how: 'core', core: claimFunction(`${o.name}_core`), apply: claimFunction(`${o.name}_apply`) });
    },
    combined: (name, outputs) => {
      // What has structure is given as its core, if that is one array.
      const given = outputs.map((o) => {
        const cores = structures.get(o.name)?.cores ?? [];
        return cores.length === 1 ? { name: `${o.name}_core`, expr: must(cores[0]).value } : { name: o.name, expr: o.expr };
      });
      addFunction({ name: claimFunction(name), says: `${listed(given.map((g) => claimFunction(g.name)))} in one go.`, exprs: given.map((g) => g.expr), results: given.map((g) => ({ name: g.name, shape: g.expr.shape })) });
    },
    finish: () => ({
      name: fileName,
      title: request.title,
      signature,
      functions,
      checks,
      helpers,
      dimOver: (d, nameOf) => dimCode(d, dialect, nameOf),
      sample: sampleSizes(signature),
    }),
  };
}

/** A system may need a function that the target lacks; the rest of the module does without it. */
function ifSpelled(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof NotInTarget)) throw error;
  }
}

function rhsFor(direction: VariableNode): VariableNode {
  return newVariable('rhs of it', direction.shape, direction.facts);
}

function exchanged(e: Expr, from: Expr, to: Expr): Expr {
  return rewriteUp(e, (node) => (node === from ? to : node));
}

function plainNames(name: string): string[] {
  const parts = minParts(name);
  return parts ? parts.filter((p) => !/^\d+$/.test(p)) : [name];
}

function minParts(name: string): string[] | undefined {
  const match = /^min\(([^,()]+),([^,()]+)\)$/.exec(name);
  return match ? [must(match[1]), must(match[2])] : undefined;
}

/** Sums and products of sizes are written alike everywhere. */
function dimCode(d: Dim, dialect: Dialect, nameOf: (size: string) => string): Code {
  const number = dimValue(d);
  if (number !== undefined) return { text: String(number), level: number < 0 ? level.unary : level.atom, plain: true };
  const one = (name: string): Code => {
    const parts = minParts(name);
    const [a, b] = (parts ?? []).map((p): Code => atom(/^\d+$/.test(p) ? p : nameOf(p)));
    return a && b ? dialect.smaller(a, b) : atom(nameOf(name));
  };
  const terms = d.terms.map((t) => {
    const factors = t.names.map((n) => wrap(one(n), level.product));
    const size = Math.abs(t.coef);
    const text = (size === 1 && factors.length > 0 ? factors : [String(size), ...factors]).join(' * ');
    return { sign: Math.sign(t.coef), text, level: factors.length + (size === 1 ? 0 : 1) > 1 ? level.product : level.atom };
  });
  const [first] = terms;
  const text = terms.map((t, i) => (i === 0 ? (t.sign < 0 ? '-' : '') : t.sign < 0 ? ' - ' : ' + ') + t.text).join('');
  return { text, level: terms.length > 1 ? level.sum : must(first).sign < 0 ? level.unary : must(first).level, plain: true };
}

/** Small sizes for the self-check, all different. */
function sampleSizes(signature: Signature): Map<string, number> {
  const all = [...signature.sizes.map((s) => s.size), ...signature.explicit.map((s) => s.size)].sort();
  return new Map(all.map((name, i) => [name, 3 + i]));
}
