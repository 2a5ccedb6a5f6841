// Sizes from the shapes of given values.

import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { type Dim, dim, dimName, dimNames, dimValue, evaluateDim, substituteDim } from '../ir/dim.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { shapeText } from './layout.ts';

interface Claim {
  readonly variable: VariableNode;
  readonly axis: number;
  readonly dim: Dim;
  readonly size: number;
}

/** The shape of a value is all that counts here. */
type Shaped = Pick<Dense, 'shape'>;

/** The files that values were read from, by variable. */
export type Origins = ReadonlyMap<string, string>;

/**
 * The value of every size name, from the values of the variables and the sizes already known; throws diagnostics that name
 * both dims of a conflict, and the files they came from.
 */
export function bindSizes(variables: readonly VariableNode[], values: ReadonlyMap<string, Shaped>, known: ReadonlyMap<string, number> = new Map(), files: Origins = new Map()): Map<string, number> {
  const problems: Diagnostic[] = [];
  const claims: Claim[] = [];
  for (const variable of variables) {
    const value = values.get(variable.name);
    if (value === undefined) continue;
    if (value.shape.length !== variable.shape.length) problems.push(wrongOrder(variable, value, files));
    else variable.shape.forEach((d, axis) => claims.push({ variable, axis, dim: d, size: must(value.shape[axis]) }));
  }
  const sizes = new Map<string, number>(known);
  const origin = new Map<string, Claim>();
  let waiting = claims;
  for (let before = Infinity; waiting.length < before; ) {
    before = waiting.length;
    waiting = waiting.filter((claim) => {
      const size = evaluateDim(claim.dim, sizes);
      if (size !== undefined) {
        if (size !== claim.size) problems.push(conflict(claim, size, origin, files));
        return false;
      }
      const found = solve(claim, sizes);
      if (found === undefined) return true;
      if (!Number.isInteger(found.size) || found.size < 0) problems.push(impossible(claim));
      else {
        sizes.set(found.name, found.size);
        origin.set(found.name, claim);
      }
      return false;
    });
  }
  problems.push(...waiting.map((claim) => undetermined(claim, sizes)));
  if (problems.length > 0) throw new RicciError(problems);
  return sizes;
}

/** The one unknown name of the claim's dim, if there is one and it stands to a single power. */
function solve(claim: Claim, sizes: ReadonlyMap<string, number>): { name: string; size: number } | undefined {
  const whole = dimName(claim.dim);
  if (whole !== undefined && !whole.startsWith('min(')) return { name: whole, size: claim.size };
  const left = substituteDim(claim.dim, (name) => {
    const value = sizes.get(name);
    return value === undefined ? undefined : dim(value);
  });
  const names = dimNames(left);
  const [name] = names;
  const rest = left.terms.filter((t) => t.names.length > 0);
  const [term] = rest;
  if (names.length !== 1 || name === undefined || name.startsWith('min(') || rest.length !== 1 || term === undefined) return undefined;
  const constant = left.terms.reduce((sum, t) => (t.names.length === 0 ? sum + t.coef : sum), 0);
  const power = (claim.size - constant) / term.coef;
  const root = Math.round(power ** (1 / term.names.length));
  return { name, size: root ** term.names.length === power ? root : Number.NaN };
}

function place(c: Claim): string {
  const axis = c.variable.shape.length === 2 ? (c.axis === 0 ? 'the rows' : 'the columns') : c.variable.shape.length === 1 ? 'the entries' : `axis ${c.axis + 1}`;
  return `${axis} of ${c.variable.name}`;
}

function error(code: string, message: string, needed: string, found: string, help: string): Diagnostic {
  return { code, severity: 'error', message, span: [0, 0], needed, found, help };
}

/** `A in data.npz has 40 rows` */
function counted({ variable, axis, size }: Claim, files: Origins): string {
  const one = variable.shape.length === 2 ? (axis === 0 ? 'row' : 'column') : variable.shape.length === 1 ? 'entry' : `entry along axis ${axis + 1}`;
  const many = one.startsWith('entry') ? one.replace('entry', 'entries') : `${one}s`;
  const file = files.get(variable.name);
  return `${variable.name}${file === undefined ? '' : ` in ${file}`} has ${size} ${size === 1 ? one : many}`;
}

function wrongOrder(variable: VariableNode, value: Shaped, files: Origins): Diagnostic {
  const file = files.get(variable.name);
  return error(
    'value-shape',
    `the value of ${variable.name}${file === undefined ? '' : ` in ${file}`} has ${value.shape.length} axes`,
    `${variable.shape.length} axes, ${shapeText(variable.shape)}`,
    `[${value.shape.join(', ')}]`,
    `give ${variable.name} a value of that shape, or declare it otherwise`,
  );
}

function conflict(claim: Claim, known: number, origin: ReadonlyMap<string, Claim>, files: Origins): Diagnostic {
  const from = dimNames(claim.dim).flatMap((n) => origin.get(n) ?? []);
  const [other] = from;
  if (files.has(claim.variable.name) || (other && files.has(other.variable.name))) {
    const both = other && other.dim.key === claim.dim.key ? `: both are ${claim.dim.key}` : `, and it should be ${claim.dim.key} = ${known}`;
    const message = other ? `${counted(other, files)}, but ${counted(claim, files)}${both}` : `${counted(claim, files)}, not ${claim.dim.key}`;
    const names = [...new Set([claim.variable.name, ...from.map((o) => o.variable.name)])];
    const help = other ? `give ${names.join(' and ')} that belong together` : `give ${names.join('')} the declared size, or declare it otherwise`;
    return error('sizes-differ', message, other ? `${claim.dim.key} = ${known}` : String(known), String(claim.size), help);
  }
  const why = from.map((o) => `${place(o)} gave ${o.dim.key} = ${o.size}`).join(', ');
  const number = dimValue(claim.dim) !== undefined;
  return error(
    'sizes-differ',
    `${place(claim)} are ${claim.size}, not ${number ? '' : `${claim.dim.key} = `}${known}`,
    number ? String(known) : `${claim.dim.key} = ${known}${why === '' ? '' : ` (${why})`}`,
    `${claim.size}`,
    `make the values of ${[...new Set([claim.variable.name, ...from.map((o) => o.variable.name)])].join(' and ')} agree in ${number ? 'size' : claim.dim.key}`,
  );
}

function impossible(claim: Claim): Diagnostic {
  return error('size-impossible', `${place(claim)} cannot be ${claim.size}`, `a whole number for every name in ${claim.dim.key}`, `${claim.dim.key} = ${claim.size}`, `give ${claim.variable.name} another value`);
}

function undetermined(claim: Claim, sizes: ReadonlyMap<string, number>): Diagnostic {
  const unknown = dimNames(claim.dim).filter((n) => !sizes.has(n));
  return error('size-unknown', `${claim.dim.key} = ${claim.size} does not determine ${unknown.join(', ')}`, `values that tell ${unknown.join(', ')}`, `${place(claim)}: ${claim.size}`, 'declare the dim as a number');
}
