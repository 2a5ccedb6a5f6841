// Every entry of the gallery in a quick run: it decides its claims, and as its page says.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RicciError } from '../../base/diagnostic.ts';
import { type Report, reportJson } from '../harness/report.ts';
import { exprOf } from './engine.ts';
import type { EntryInfo } from './entry.ts';
import { entries, entryNamed } from './list.ts';
import { indexMarkdown, pageMarkdown } from './page.ts';
import { runEntry } from './run-entry.ts';

describe('entries', () => {
  it('have names of their own, and models that read', () => {
    expect(new Set(entries.map((e) => e.name)).size).toBe(entries.length);
    for (const { models } of entries) for (const { text, declare, solve } of models) if (!solve) expect(exprOf(text, declare).kind).not.toBe('number');
  });

  it('end with an error when they are stopped', async () => {
    const stop = new AbortController();
    stop.abort();
    const ended = await runEntry(entries[0]!, { quick: true, signal: stop.signal }).catch((e: unknown) => e);
    expect((ended as RicciError).diagnostics[0]?.code).toBe('cancelled');
  });
});

const docs = join(import.meta.dirname, '..', '..', '..', 'docs', 'gallery');
const recorded = (entry: EntryInfo): Report => JSON.parse(readFileSync(join(docs, entry.name, 'report.json'), 'utf8')) as Report;

describe('pages', () => {
  for (const entry of entries) {
    it(`${entry.name} is what \`npm run gallery\` writes`, () => {
      const report = recorded(entry);
      expect(readFileSync(join(docs, `${entry.name}.md`), 'utf8')).toBe(pageMarkdown(entry, report));
      // The record was made with the claims as they are written now.
      const asked = entry.claims.map(({ says, tests }) => [says, ...tests.map((t) => [t.what, t.needed])]);
      expect(report.findings.map(({ claim, decision }) => [claim, ...decision.tests.slice(0, entry.claims.find((c) => c.says === claim)?.tests.length).map((t) => [t.what, t.needed])])).toEqual(asked);
      expect(readdirSync(join(docs, entry.name)).filter((f) => f.endsWith('.svg')).length).toBe(report.figures.length);
    });
  }

  it('have an index', () => {
    expect(readFileSync(join(docs, 'README.md'), 'utf8')).toBe(indexMarkdown(entries.map((e) => [e, recorded(e)])));
  });
});

describe('quick runs', () => {
  for (const entry of entries) {
    it(`${entry.name} decides as its page says`, async () => {
      const report = await runEntry(entry, { quick: true });
      const verdicts = (r: Report): [string, string][] => r.findings.map(({ claim, decision }) => [claim, decision.verdict]);
      expect(verdicts(report)).toEqual(verdicts(recorded(entry)));
      expect(report.tables.length).toBeGreaterThan(0);
      expect(reportJson(report)).not.toContain('undefined');
    }, 120_000);
  }

  it('give the same numbers for one seed, and others for another', async () => {
    const entry = entryNamed('gauss-markov-adjunction')!;
    const [one, again, other] = [await runEntry(entry, { quick: true }), await runEntry(entry, { quick: true }), await runEntry(entry, { quick: true, seed: 2 })];
    expect(reportJson(again)).toBe(reportJson(one));
    expect(reportJson(other)).not.toBe(reportJson(one));
  });
});
