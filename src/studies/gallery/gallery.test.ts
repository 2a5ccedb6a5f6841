// Every entry of the gallery in a quick run: it decides its claims, and as its page says.

import { describe, expect, it } from 'vitest';
import type { RicciError } from '../../base/diagnostic.ts';
import { reportJson } from '../harness/report.ts';
import { exprOf } from './engine.ts';
import { entries } from './list.ts';
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

describe('quick runs', () => {
  for (const entry of entries) {
    it(entry.name, async () => {
      const report = await runEntry(entry, { quick: true });
      for (const { claim, decision } of report.findings) {
        expect([claim, decision.verdict, decision.by]).toEqual([claim, expect.stringMatching(/^holds/), decision.by]);
      }
      expect(report.tables.length).toBeGreaterThan(0);
      expect(reportJson(report)).not.toContain('undefined');
    }, 120_000);
  }

  it('give the same numbers for one seed, and others for another', async () => {
    const [entry] = entries.filter((e) => e.name === 'gauss-markov-adjunction');
    const [one, again, other] = [await runEntry(entry!, { quick: true }), await runEntry(entry!, { quick: true }), await runEntry(entry!, { quick: true, seed: 2 })];
    expect(reportJson(again)).toBe(reportJson(one));
    expect(reportJson(other)).not.toBe(reportJson(one));
  });
});
