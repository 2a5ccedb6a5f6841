// The pages of the gallery, from a full run of every entry, or of those named: `npm run gallery -- macaron`.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { entries } from '../src/studies/gallery/list.ts';
import { indexMarkdown, pageMarkdown } from '../src/studies/gallery/page.ts';
import { runEntry } from '../src/studies/gallery/run-entry.ts';
import { type Report, reportFiles } from '../src/studies/harness/report.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'gallery');
const named = process.argv.slice(2);

for (const entry of entries.filter((e) => named.length === 0 || named.includes(e.name))) {
  const start = performance.now();
  const report = await runEntry(entry);
  const own = join(folder, entry.name);
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  for (const [name, text] of reportFiles(report)) if (name !== 'report.md') writeFileSync(join(own, name), text);
  writeFileSync(join(folder, `${entry.name}.md`), pageMarkdown(entry, report));
  console.log(`${entry.name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

const recorded = entries.flatMap((entry) => {
  const file = join(folder, entry.name, 'report.json');
  return existsSync(file) ? [[entry, JSON.parse(readFileSync(file, 'utf8')) as Report] as const] : [];
});
writeFileSync(join(folder, 'README.md'), indexMarkdown(recorded));
