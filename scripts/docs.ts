// Reference pages from the table of functions, and the index of error pages. `npm run docs` writes them.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codes } from '../src/lang/codes.ts';
import type { FunctionRecord } from '../src/ops/op.ts';
import { functions } from '../src/ops/table.ts';

const root: string = join(import.meta.dirname, '..');

const families: Readonly<Record<FunctionRecord['family'], string>> = {
  'element-wise': 'Entry by entry',
  reduction: 'Reductions',
  structure: 'Structure',
  matrix: 'Matrix functions',
  spectral: 'Eigenvalues and singular values',
  learning: 'Machine learning',
};

/** Generated pages by path from the root of the repository. */
export function pages(): Map<string, string> {
  const all = new Map<string, string>([['docs/functions/README.md', functionIndex()]]);
  for (const f of functions) all.set(`docs/functions/${f.name}.md`, functionPage(f));
  all.set('docs/errors/README.md', errorIndex());
  return all;
}

function functionIndex(): string {
  const blocks = Object.entries(families).map(([family, title]) => {
    const rows = functions
      .filter((f) => f.family === family)
      .map(
        (f) =>
          `| [\`${f.name}\`](${f.name}.md)${(f.aliases ?? []).map((a) => ` \`${a}\``).join('')} | ${cell(f.says)} |`,
      );
    return `## ${title}\n\n| function | |\n|---|---|\n${rows.join('\n')}`;
  });
  return `# Functions\n\nGenerated from the table of functions (\`src/ops/table.ts\`) by \`npm run docs\`.\n\n${blocks.join('\n\n')}\n`;
}

function functionPage(f: FunctionRecord): string {
  const facts: [string, string][] = [];
  if (f.aliases?.length) facts.push(['also spelled', f.aliases.map(code).join(', ')]);
  if (f.axis)
    facts.push([
      'along an axis',
      `\`${f.name}(A, rows)\` is \`${f.axis.rows}(A)\`, \`${f.name}(A, cols)\` is \`${f.axis.cols}(A)\``,
    ]);
  if (f.needs !== undefined) facts.push(['domain', code(f.needs)]);
  if (f.requires?.length) facts.push(['needs an argument known to be', f.requires.join(', ')]);
  if (f.noticeForMatrix !== undefined) facts.push(['of a matrix', f.noticeForMatrix]);
  if (f.op?.excludes) facts.push(['no derivative at', code(f.op.excludes(['X', 'Y', 'Z']))]);
  if (f.source !== undefined) facts.push(['source', f.source]);
  const rules = f.op?.rules ?? [];
  return [
    `# ${f.name}`,
    `${sentence(f.says)}.`,
    `\`\`\`\n${f.forms.map((form) => formText(f.name, form.signature)).join('\n')}\n\`\`\``,
    ...(facts.length > 0
      ? [`| | |\n|---|---|\n${facts.map(([name, text]) => `| ${name} | ${cell(text)} |`).join('\n')}`]
      : []),
    ...(f.examples.length > 0 ? [`## Derivative\n\n\`\`\`\n${f.examples.map(exampleText).join('\n')}\n\`\`\``] : []),
    ...(rules.length > 0
      ? [
          `## Rules\n\n| rule | from | to |\n|---|---|---|\n${rules.map((r) => `| ${r.name} | ${code(cell(r.example.before))} | ${code(cell(r.example.after))} |`).join('\n')}`,
        ]
      : []),
  ]
    .join('\n\n')
    .concat('\n');
}

// A formula at the beginning keeps its letters.
function sentence(says: string): string {
  return /^[a-z][a-z-]*[ ,:;]/.test(says) ? `${says[0]?.toUpperCase()}${says.slice(1)}` : says;
}

function formText(name: string, signature: string): string {
  const [takes = '', gives = ''] = signature.split(' -> ');
  return `${name}(${takes}) -> ${gives}`;
}

function exampleText(e: FunctionRecord['examples'][number]): string {
  return `${e.declare === undefined ? '' : `${e.declare}\n`}d ${e.of} / d ${e.by} = ${e.is}`;
}

function code(text: string): string {
  return text.includes('`') ? text : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function errorIndex(): string {
  const rows = [...errorCodes()].sort().map((c) => `| [\`${c}\`](${c}.md) | ${cell(about(c))} |`);
  return `# Errors and notices\n\n\`ricci explain CODE\` shows the same pages. This list is written by \`npm run docs\`.\n\n| code | |\n|---|---|\n${rows.join('\n')}\n`;
}

function about(errorCode: string): string {
  if (Object.hasOwn(codes, errorCode)) return codes[errorCode as keyof typeof codes];
  return titleOf(errorCode) ?? '';
}

/** The first heading of the page, without the code itself. */
function titleOf(errorCode: string): string | undefined {
  try {
    const [heading = '', ...rest] = readFileSync(join(root, `docs/errors/${errorCode}.md`), 'utf8').split('\n');
    const title = heading
      .replace(/^#+\s*/, '')
      .replace(errorCode, '')
      .replace(/^[:\s`]+/, '');
    const text = title === '' ? (rest.find((line) => line.trim() !== '') ?? '') : title;
    return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

/** Every code that the sources can report. */
export function errorCodes(): Set<string> {
  const found = new Set<string>(Object.keys(codes));
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (f) => f.endsWith('.ts') && !f.endsWith('.test.ts'),
  );
  for (const file of files) {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    for (const [, one = ''] of text.matchAll(
      /(?:\bcode: |\bproblem\(|\berror\(\s*|\bnotice\(\s*)'([a-z]+(?:-[a-z]+)*)'/g,
    ))
      found.add(one);
  }
  return found;
}

/** Codes without a page, and pages without a code. */
export function errorPageProblems(): string[] {
  const known = errorCodes();
  const have = new Set(
    readdirSync(join(root, 'docs/errors'))
      .filter((f) => f.endsWith('.md') && f !== 'README.md')
      .map((f) => f.slice(0, -3)),
  );
  return [
    ...[...known].filter((c) => !have.has(c)).map((c) => `docs/errors/${c}.md is missing`),
    ...[...have].filter((c) => !known.has(c)).map((c) => `docs/errors/${c}.md is about a code that nothing reports`),
  ];
}

if (import.meta.main) {
  rmSync(join(root, 'docs/functions'), { recursive: true, force: true });
  mkdirSync(join(root, 'docs/errors'), { recursive: true });
  for (const [path, text] of pages()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const problems = errorPageProblems();
  for (const line of problems) console.error(line);
  if (problems.length > 0) process.exitCode = 1;
}
