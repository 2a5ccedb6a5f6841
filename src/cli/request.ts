// What a line of `ricci batch` may say. Everything wrong with it is said at once, and names what is known.

import type { Diagnostic } from '../base/diagnostic.ts';
import { unreachable } from '../base/internal.ts';
import { listed } from '../base/words.ts';
import type { SymmetricConvention } from '../diff/structured.ts';
import type { Values } from '../pipeline/evaluate.ts';
import { type Layout, layouts } from '../pipeline/layout.ts';
import { suggestion } from './args.ts';

interface Common {
  readonly declare?: string;
  readonly at?: Values;
}

export interface DeriveRequest extends Common {
  readonly kind: 'derive';
  readonly text: string;
  readonly by: readonly string[];
  readonly layout?: Layout;
  readonly symmetric?: SymmetricConvention;
  readonly steps?: boolean;
  /** Targets to write the function and its derivative in. */
  readonly want?: readonly string[];
}

export interface EvaluateRequest extends Common {
  readonly kind: 'evaluate';
  readonly text: string;
}

export interface CheckRequest extends Common {
  readonly kind: 'check';
  readonly text: string;
  readonly by: readonly string[];
  readonly is: string;
  readonly symmetric?: SymmetricConvention;
}

export interface CertifyRequest extends Pick<Common, 'declare'> {
  readonly kind: 'certify';
  readonly text: string;
  readonly by: readonly string[];
}

export interface SolveRequest {
  readonly kind: 'solve';
  /** The text of the model. */
  readonly text: string;
  readonly data?: Values;
  readonly start?: Values;
  readonly tolerance?: number;
  readonly seconds?: number;
}

export interface CodeRequest {
  readonly kind: 'code';
  /** The text of the model. */
  readonly text: string;
  /** Languages to write a program in that solves it. */
  readonly to: readonly string[];
}

export type Request = CodeRequest | SolveRequest | DeriveRequest | EvaluateRequest | CheckRequest | CertifyRequest;

export interface ReadRequest {
  /** What the line said, if anything. */
  readonly id: unknown;
  readonly request?: Request;
  readonly diagnostics: readonly Diagnostic[];
}

const symmetrics = ['projected', 'cookbook'] as const;

// Field names of each request, the first being the one that tells it from the others.
const fields = {
  derive: ['derive', 'by', 'declare', 'at', 'layout', 'symmetric', 'steps', 'want'],
  evaluate: ['evaluate', 'declare', 'at'],
  check: ['check', 'by', 'is', 'declare', 'at', 'symmetric'],
  certify: ['certify', 'by', 'declare'],
  solve: ['solve', 'data', 'start', 'tolerance', 'seconds'],
  code: ['code', 'to'],
} as const;
const kinds = ['derive', 'evaluate', 'check', 'certify', 'solve', 'code'] as const;

export function readRequest(line: string): ReadRequest {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const help = `write one JSON object on one line: {"id": 1, "derive": "x'*A*x", "by": ["x"]}`;
    return {
      id: null,
      diagnostics: [
        problem('bad-json', `this line is not JSON: ${(error as Error).message}`, {
          needed: 'a JSON object on one line',
          help,
        }),
      ],
    };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      id: null,
      diagnostics: [
        problem('bad-request', 'a request is a JSON object', {
          needed: 'an object',
          found: nameOf(value),
          help: `write {"derive": "x'*A*x", "by": ["x"]}`,
        }),
      ],
    };
  }
  const object = value as Readonly<Record<string, unknown>>;
  const id = object['id'] ?? null;
  const found: Diagnostic[] = [];
  const asked = kinds.filter((kind) => Object.hasOwn(object, kind));
  const [kind] = asked;
  if (kind === undefined) {
    found.push(missingKind(object));
    return { id, diagnostics: found };
  }
  if (asked.length > 1) {
    found.push(
      problem('bad-request', `a request asks one thing, this one asks ${listed(asked)}`, {
        needed: `one of ${listed(kinds)}`,
        found: listed(asked),
        help: 'send two requests',
      }),
    );
    return { id, diagnostics: found };
  }
  found.push(...unknownFields(object, kind));
  const read = reader(object, found);
  const common: Common = { ...optional('declare', read.text('declare')), ...optional('at', read.values('at')) };
  const text = read.text(kind, 'needed') ?? '';
  const request = ((): Request => {
    switch (kind) {
      case 'derive': {
        const by = read.names('by') ?? [];
        const want = Object.hasOwn(object, 'want') ? read.names('want', 'a list of one or more targets', 'write "want": ["numpy"]') : undefined;
        return {
          kind,
          text,
          by,
          ...common,
          ...optional('layout', read.choice('layout', layouts)),
          ...optional('symmetric', read.choice('symmetric', symmetrics)),
          ...optional('steps', read.flag('steps')),
          ...optional('want', want),
        };
      }
      case 'evaluate':
        return { kind, text, ...common };
      case 'check':
        return {
          kind,
          text,
          by: read.names('by') ?? [],
          is: read.text('is', 'needed') ?? '',
          ...common,
          ...optional('symmetric', read.choice('symmetric', symmetrics)),
        };
      case 'certify':
        return { kind, text, by: read.names('by') ?? [], ...optional('declare', common.declare) };
      case 'code':
        return { kind, text, to: read.names('to', 'a list of one or more languages', 'write "to": ["numpy"]') ?? [] };
      case 'solve':
        return {
          kind,
          text,
          ...optional('data', read.values('data')),
          ...optional('start', read.values('start')),
          ...optional('tolerance', read.positive('tolerance')),
          ...optional('seconds', read.positive('seconds')),
        };
      default:
        return unreachable(kind);
    }
  })();
  return found.length > 0 ? { id, diagnostics: found } : { id, request, diagnostics: [] };
}

function missingKind(object: Readonly<Record<string, unknown>>): Diagnostic {
  const names = Object.keys(object).filter((f) => f !== 'id');
  const near = names.map((n) => suggestion(n, kinds, '')).find((s) => s !== undefined);
  return problem('bad-request', 'this request asks nothing', {
    needed: `a field ${listed(kinds, 'or')}`,
    found: names.length === 0 ? 'no field' : listed(names),
    help: near ?? `write {"derive": "x'*A*x", "by": ["x"]}`,
  });
}

function unknownFields(object: Readonly<Record<string, unknown>>, kind: keyof typeof fields): Diagnostic[] {
  const known: readonly string[] = ['id', ...fields[kind]];
  return Object.keys(object)
    .filter((field) => !known.includes(field))
    .map((field) =>
      problem('unknown-field', `there is no field ${JSON.stringify(field)} in a request to ${kind}`, {
        needed: `one of ${listed(known)}`,
        found: field,
        help: suggestion(field, known, '') ?? `leave ${field} out`,
      }),
    );
}

type Problems = Diagnostic[];

function reader(object: Readonly<Record<string, unknown>>, problems: Problems) {
  const wrong = (field: string, needed: string, help: string): undefined => {
    const isThere = Object.hasOwn(object, field);
    const message = isThere ? `the field ${field} must be ${needed}` : `the field ${field} is missing`;
    problems.push(
      problem('bad-request', message, { needed, found: isThere ? nameOf(object[field]) : 'nothing', help }),
    );
    return undefined;
  };
  return {
    text: (field: string, need: 'needed' | 'optional' = 'optional'): string | undefined => {
      const value = object[field];
      if (typeof value === 'string') return value;
      if (value === undefined && need === 'optional') return undefined;
      return wrong(field, 'a text', `write "${field}": "…"`);
    },
    names: (
      field: string,
      needed = 'a list of one or more names of variables',
      help = `write "${field}": ["x"]`,
    ): readonly string[] | undefined => {
      const value = object[field];
      if (typeof value === 'string') return [value];
      if (Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === 'string')) return value;
      return wrong(field, needed, help);
    },
    values: (field: string): Values | undefined => {
      const value = object[field];
      if (value === undefined) return undefined;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Values;
      return wrong(field, 'an object with a value for each name', `write "${field}": {"x": [1, 2]}`);
    },
    choice: <T extends string>(field: string, of: readonly T[]): T | undefined => {
      const value = object[field];
      if (value === undefined) return undefined;
      return of.find((o) => o === value) ?? wrong(field, listed(of, 'or'), `write "${field}": "${of[0]}"`);
    },
    positive: (field: string): number | undefined => {
      const value = object[field];
      if (value === undefined || (typeof value === 'number' && value > 0)) return value;
      return wrong(field, 'a number greater than 0', `write "${field}": 1`);
    },
    flag: (field: string): boolean | undefined => {
      const value = object[field];
      return value === undefined || typeof value === 'boolean'
        ? value
        : wrong(field, 'true or false', `write "${field}": true`);
    },
  };
}

export function problem(
  code: string,
  message: string,
  more: { needed?: string; found?: string; help?: string } = {},
): Diagnostic {
  return { code, severity: 'error', message, span: [0, 0], ...more };
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: T });
}

function nameOf(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
