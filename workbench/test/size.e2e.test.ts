import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const built = fileURLToPath(new URL('../dist-test/', import.meta.url));

/** Every file that the page loads before the user asks for more: scripts and styles of the page, its worker, and what they import at once. */
function firstFiles(): Set<string> {
  const found = new Set<string>(['index.html']);
  const take = (path: string): void => {
    // A script may hold text that looks like an import.
    if (found.has(path) || !existsSync(built + path)) return;
    found.add(path);
    if (!path.endsWith('.js')) return;
    const text = readFileSync(built + path, 'utf8');
    for (const [, file] of text.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+)["'`]/g)) take(`assets/${file!}`);
    for (const [, file] of text.matchAll(/new URL\(\s*["'`]([^"'`]+\.js)/g)) take(`assets/${basename(file!)}`);
  };
  for (const [, file] of readFileSync(`${built}index.html`, 'utf8').matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)) take(file!);
  return found;
}

describe('the first load', () => {
  test('is at most 250 KB, compressed', () => {
    const files = [...firstFiles()];
    expect(files.some((file) => file.includes('worker'))).toBe(true);
    const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(built + file)).length, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThanOrEqual(250_000);
  });
});
