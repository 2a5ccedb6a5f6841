// `ricci functions [NAME]`: the table of functions, or one record of it.

import type { FunctionRecord } from '../ops/op.ts';
import { functionNamed, functionNames, functions } from '../ops/table.ts';
import { UsageError, suggestion } from './args.ts';
import { type Command, columns } from './command.ts';
import type { Paint } from './paint.ts';

export const functionsCommand: Command = {
  name: 'functions',
  usage: 'ricci functions [NAME]',
  says: 'Lists the functions of the language, or tells everything about one of them.',
  options: { json: { says: 'as JSON' } },
  examples: ['ricci functions', 'ricci functions logdet'],
  run: (given, io) => {
    const [name] = given.words;
    if (name === undefined) {
      io.out(given.has('json') ? JSON.stringify(functions.map(functionData)) : listing(io.paint));
      return 0;
    }
    const record = functionNamed(name);
    if (!record)
      throw new UsageError(
        `there is no function ${JSON.stringify(name)}`,
        suggestion(name, functionNames(), '') ?? 'ricci functions lists them all',
      );
    io.out(given.has('json') ? JSON.stringify(functionData(record)) : functionText(record, io.paint));
    return 0;
  },
};

const families: Readonly<Record<FunctionRecord['family'], string>> = {
  'element-wise': 'entry by entry',
  reduction: 'reductions',
  structure: 'structure',
  matrix: 'matrix functions',
  spectral: 'eigenvalues and singular values',
  learning: 'machine learning',
};

export function listing(paint: Paint): string {
  const blocks = Object.entries(families).map(([family, title]) => {
    const rows = functions
      .filter((f) => f.family === family)
      .map((f) => [[f.name, ...(f.aliases ?? [])].join(', '), f.says] as const);
    return `${paint.bold(title)}\n${columns(rows)}`;
  });
  return [...blocks, 'ricci functions NAME tells more about one of them.'].join('\n\n');
}

export function functionText(f: FunctionRecord, paint: Paint): string {
  const rows: [string, string][] = [
    ...f.forms.map((form, i): [string, string] => [i === 0 ? 'forms' : '', formText(f.name, form.signature)]),
    ...(f.axis ? [['axis', axisText(f)] as [string, string]] : []),
    ...(f.aliases?.length ? [['also', f.aliases.join(', ')] as [string, string]] : []),
    ...(f.needs === undefined ? [] : [['needs', f.needs] as [string, string]]),
    ...(f.requires?.length ? [['needs', `an argument known to be ${f.requires.join(', ')}`] as [string, string]] : []),
    ...(f.noticeForMatrix === undefined ? [] : [['note', f.noticeForMatrix] as [string, string]]),
    ...(f.source === undefined ? [] : [['source', f.source] as [string, string]]),
    ...f.examples.map((e, i): [string, string] => [i === 0 ? 'examples' : '', exampleText(e)]),
  ];
  return `${paint.bold(f.name)}  ${f.says}\n\n${columns(rows)}`;
}

export function formText(name: string, signature: string): string {
  const [takes = '', gives = ''] = signature.split(' -> ');
  return `${name}(${takes}) -> ${gives}`;
}

export function axisText(f: FunctionRecord): string {
  return f.axis ? `${f.name}(A, rows) is ${f.axis.rows}(A), ${f.name}(A, cols) is ${f.axis.cols}(A)` : '';
}

export function exampleText(e: FunctionRecord['examples'][number]): string {
  return `d ${e.of} / d ${e.by} = ${e.is}${e.declare === undefined ? '' : `   with ${e.declare}`}`;
}

function functionData(f: FunctionRecord): object {
  const { name, aliases = [], says, family, needs, requires, source, axis, examples } = f;
  return {
    name,
    aliases,
    says,
    family,
    forms: f.forms.map((form) => form.signature),
    needs,
    requires,
    source,
    axis,
    examples,
  };
}
