// The import law: a room imports only from rooms of the rows above its own, and no files import each other in a circle.
// A room is a folder of src/, or a file there (src/index.ts is the room `index`), or the workspace workbench/.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { posix, sep } from 'node:path';
import process from 'node:process';

const rooms: readonly (readonly string[])[] = [
  ['base'],
  ['ir'],
  ['ops'],
  ['lang', 'diff', 'simplify', 'plan'],
  ['emit', 'run', 'data'],
  ['certify'],
  ['solve'],
  ['studies'],
  ['pipeline'],
  ['index'],
  ['cli', 'server', 'workbench'],
];

/** Source texts by path from the root of the repository, with forward slashes. */
export type Files = ReadonlyMap<string, string>;

type Import = { readonly from: string; readonly line: number; readonly to: string };

/** Every breach of the law, as one line each; test files may import anything and are left out. */
export function breaches(files: Files): string[] {
  const imports = [...files.keys()]
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => importsOf(path, files));
  const wrongRoom = imports.flatMap((one) => {
    const reason = whyNot(one);
    return reason === undefined ? [] : [`${one.from}:${one.line} imports ${one.to}: ${reason}`];
  });
  return [...wrongRoom, ...circles(imports)];
}

function whyNot({ from, to }: Import): string | undefined {
  const [importer, imported] = [roomOf(from), roomOf(to)];
  if (importer === imported) return undefined;
  const [importerRow, importedRow] = [rowOf(importer), rowOf(imported)];
  if (importerRow < 0) return `\`${importer}\` has no row in scripts/imports.ts`;
  if (importedRow < 0) return `\`${imported}\` is no room of the library`;
  if (importedRow > importerRow) return `\`${importer}\` stands below \`${imported}\`, and imports point down`;
  if (importedRow === importerRow)
    return `\`${importer}\` and \`${imported}\` stand side by side, and imports point down`;
  return undefined;
}

function roomOf(path: string): string {
  return /^(?:src\/)?([^/.]+)/.exec(path)?.[1] ?? path;
}

function rowOf(room: string): number {
  return rooms.findIndex((row) => row.includes(room));
}

// Static imports and re-exports begin a line; `import('…')` may stand anywhere.
const specifier = /^(?:import|export)\b[^'";]*?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/gm;

function importsOf(from: string, files: Files): Import[] {
  const text = files.get(from) ?? '';
  return [...text.matchAll(specifier)].map((match) => ({
    from,
    line: text.slice(0, match.index).split('\n').length,
    to: posix.join(posix.dirname(from), match[1] ?? match[2] ?? ''),
  }));
}

function circles(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, (one) => one.from);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`${[...trail.slice(start), path].join(' -> ')}: these import each other in a circle`);
    if (start >= 0 || done.has(path)) return;
    for (const { to } of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}

function read(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join(folder, path.replaceAll(sep, '/')))
    .filter((path) => /\.tsx?$/.test(path) && !/node_modules\/|^workbench\/test\//.test(path))
    .map((path) => [path, readFileSync(path, 'utf8')]);
}

if (import.meta.main) {
  const found = breaches(new Map(['src', 'workbench'].filter((folder) => existsSync(folder)).flatMap(read)));
  for (const line of found) console.error(line);
  if (found.length > 0) process.exitCode = 1;
}
