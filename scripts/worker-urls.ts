// After the build: workers are started from compiled files. `tsc` rewrites imports, but not the addresses of workers, which
// have to stand in the sources as bundlers look for them.

import { globSync, readFileSync, writeFileSync } from 'node:fs';

const address = /new URL\('(\.[^']+)\.ts', import\.meta\.url\)/g;

for (const file of globSync('dist/**/*.js')) {
  const text = readFileSync(file, 'utf8');
  const rewritten = text.replace(address, "new URL('$1.js', import.meta.url)");
  if (rewritten !== text) writeFileSync(file, rewritten);
}
