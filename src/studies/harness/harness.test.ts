import { describe, expect, it } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import type { Figure } from './figure.ts';
import { newPace } from './progress.ts';
import { type Report, reportFiles, reportJson, reportMarkdown } from './report.ts';
import { fitLine, fitPower } from './slope.ts';
import { againstNull, upLadder } from './structural-null.ts';
import { studentCdf, studentQuantile } from './student.ts';
import { figureFile, figureSvg } from './svg.ts';
import { decide, decideUnder, numberText } from './verdict.ts';

describe('verdicts', () => {
  const atLeast = (value: number, limit: number) => ({ what: 'score', value, needed: { atLeast: limit } });

  it('name the test that decided', () => {
    expect(decide([atLeast(5, 1), atLeast(1.1, 1)])).toMatchObject({ verdict: 'holds', by: { value: 1.1 } });
    expect(decide([atLeast(5, 1), atLeast(0.9, 1), atLeast(NaN, 1)])).toMatchObject({ verdict: 'does not hold here', by: { value: 0.9 } });
    expect(decide([{ what: 'slope', value: 2.3, needed: { between: [1.8, 2.2] } }]).verdict).toBe('does not hold here');
  });

  it('are open where a number is none, or where chance could turn it', () => {
    expect(decide([atLeast(NaN, 1)]).verdict).toBe('undecided');
    expect(decide([{ ...atLeast(1.1, 1), interval: [0.9, 1.3] }]).verdict).toBe('undecided');
    expect(decide([{ ...atLeast(0.9, 1), interval: [0.7, 1.1] }]).verdict).toBe('undecided');
    expect(decide([{ what: 'x', value: 5, needed: { between: [1, 2] }, interval: [0, 6] }]).verdict).toBe('undecided');
    expect(decide([{ ...atLeast(0.9, 1), interval: [0.7, 0.95] }]).verdict).toBe('does not hold here');
  });

  it('tell a condition from a failure', () => {
    expect(decideUnder('small steps', [atLeast(0, 1)], [atLeast(2, 1)])).toMatchObject({ verdict: 'holds under a condition', condition: 'small steps' });
    expect(decideUnder('small steps', [atLeast(2, 1)], [atLeast(2, 1)]).verdict).toBe('holds');
    expect(decideUnder('small steps', [atLeast(0, 1)], [atLeast(0, 1)]).verdict).toBe('does not hold here');
  });

  it('write numbers short', () => {
    expect([0, 12, 1e6, 0.5, 1.23456789, 1.2e-7, 1e-10, -2e9, NaN].map(numberText)).toEqual(['0', '12', '1e+6', '0.5', '1.2346', '1.2e-7', '1e-10', '-2e+9', 'NaN']);
  });
});

describe('structural nulls', () => {
  const draws = Array.from({ length: 20 }, (_, k) => k / 20);
  const control = { name: 'rows permuted', breaks: 'the link', draws };

  it('count the real score among the draws', () => {
    expect(againstNull(2, control)).toMatchObject({ p: 1 / 21, stands: 'above' });
    expect(againstNull(0.5, control)).toMatchObject({ p: 11 / 21, stands: 'like' });
    expect(againstNull(-1, control)).toMatchObject({ p: 1, stands: 'below' });
    expect(againstNull(-1, control, { better: 'smaller' }).stands).toBe('above');
  });

  it('stop at the first that is as good', () => {
    const better = { name: 'random direction', breaks: 'meaning', draws: draws.map((x) => x + 5) };
    expect(upLadder(2, [control, better])).toMatchObject({ above: ['rows permuted'], stopsAt: { name: 'random direction', stands: 'below' } });
    expect(upLadder(20, [control, better]).stopsAt).toBeUndefined();
  });
});

describe('slopes', () => {
  it('agree with tables of Student', () => {
    // Abramowitz and Stegun, table 26.10.
    for (const [p, freedom, t] of [[0.975, 1, 12.706], [0.975, 5, 2.571], [0.95, 10, 1.812], [0.995, 30, 2.75], [0.025, 5, -2.571]] as const) {
      expect(studentQuantile(p, freedom)).toBeCloseTo(t, 3);
      expect(studentCdf(studentQuantile(p, freedom), freedom)).toBeCloseTo(p, 12);
    }
  });

  it('have the errors of the textbook', () => {
    // By hand: Sxx = 10, Sxy = 6, Syy = 6, residual 2.4 over 3 degrees of freedom.
    const line = fitLine([1, 2, 3, 4, 5], [2, 4, 5, 4, 5]);
    expect(line.slope).toBeCloseTo(0.6, 14);
    expect(line.intercept).toBeCloseTo(2.2, 14);
    expect(line.standardError).toBeCloseTo(Math.sqrt(0.08), 14);
    expect(line.interval[1] - line.slope).toBeCloseTo(3.182446 * Math.sqrt(0.08), 5);
    expect(line.explained).toBeCloseTo(0.6, 14);
    expect(fitPower([1, 2, 4], [3, 12, 48]).slope).toBeCloseTo(2, 14);
    expect(fitLine([0, 1], [0, 2]).interval).toEqual([-Infinity, Infinity]);
    expect(() => fitLine([1, 1], [0, 2])).toThrow(/two different x/);
  });
});

describe('progress', () => {
  it('is told, and a signal ends the run', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const tell = newPace({ signal: stop.signal, onProgress: ({ done }) => seen.push(done) }).stage('draws');
    await tell(1, 3);
    stop.abort();
    const ended = await tell(2, 3).catch((e: unknown) => e);
    expect(ended).toBeInstanceOf(RicciError);
    expect((ended as RicciError).diagnostics[0]).toMatchObject({ code: 'cancelled', found: 'stopped in "draws" after 2 of 3' });
    expect(seen).toEqual([1, 2]);
  });
});

const nasty = '<script>alert(1)</script>&"\u0000|`';
const figures: Figure[] = [
  { kind: 'lines', name: 'a', title: nasty, says: nasty, x: { label: nasty, scale: 'log' }, y: { label: 'y' }, series: [{ name: nasty, x: [0, 1, 10, 100], y: [1, 2, NaN, 4], band: { low: [0, 1, 2, 3], high: [2, 3, 4, 5] } }], marks: [{ axis: 'y', at: 3, label: nasty }] },
  { kind: 'scatter', name: 'b', title: nasty, says: nasty, x: { label: 'x' }, y: { label: 'y' }, groups: [{ name: nasty, x: [1, 2], y: [2, 1] }] },
  { kind: 'heat', name: 'c', title: nasty, says: nasty, x: { label: 'x', names: ['p', nasty] }, y: { label: 'y', names: ['q'] }, values: [[-1, 2]], colour: nasty, spots: [{ row: 0, column: 1, label: nasty }] },
  { kind: 'bars', name: 'd', title: nasty, says: nasty, x: { label: 'x', names: [nasty] }, y: { label: 'y' }, series: [{ name: nasty, values: [3], intervals: [[2, 4]] }] },
];

describe('figures', () => {
  it('never take text for markup', () => {
    for (const figure of figures) {
      const text = figureSvg(figure);
      expect(text).not.toMatch(/<script|NaN|undefined/);
      expect(text).not.toContain('\u0000');
      expect(text).toContain('<title>&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;|`</title>');
      expect(isBalanced(text)).toBe(true);
      expect(figureFile(figure)).toContain('prefers-color-scheme:dark');
    }
  });

  it('leave out what an axis cannot show', () => {
    // x = 0 has no logarithm and one y is no number: two pieces of one point remain.
    expect(/ d="([^"]*)" fill="none" stroke="var/.exec(figureSvg(figures[0]!))?.[1]?.replaceAll(/[\d. ]/g, '')).toBe('MM');
  });

  it('draw empty data without falling over', () => {
    expect(isBalanced(figureSvg({ kind: 'lines', name: 'e', title: 't', says: 's', x: { label: 'x' }, y: { label: 'y', scale: 'log' }, series: [] }))).toBe(true);
  });
});

function isBalanced(markup: string): boolean {
  const open: string[] = [];
  for (const [, close, name = '', self] of markup.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close === '/') {
      if (open.pop() !== name) return false;
    } else if (self !== '/') open.push(name);
  }
  return open.length === 0;
}

describe('reports', () => {
  const report: Report = {
    study: 'test', title: nasty, says: 'It holds.', setting: { n: 3, [nasty]: nasty }, seeds: [1, 2],
    findings: [{ claim: nasty, decision: decide([{ what: 'cosine', value: 0.9995, needed: { atLeast: 0.999 } }]), control: 'a control' }],
    tables: [{ name: 'numbers', says: 'all of them', columns: ['a', nasty], rows: [[1, undefined], [Infinity, nasty]] }],
    figures, warnings: [], notTried: ['more'], sources: ['a paper'], command: 'ricci gallery run test',
  };

  it('are JSON that keeps every number', () => {
    const data = JSON.parse(reportJson(report)) as { format: string; tables: [{ rows: unknown[][] }] };
    expect(data.format).toBe('ricci-report');
    expect(data.tables[0].rows[1]?.[0]).toBe('Infinity');
  });

  it('are Markdown in which text stays text', () => {
    const text = reportMarkdown(report);
    expect(text).not.toContain('<script');
    expect(text).toContain('cosine 0.9995 | at least 0.999 | holds |');
    const tableLine = text.split('\n').find((line) => line.startsWith('| Infinity'));
    expect(tableLine?.replaceAll(String.raw`\|`, '').split('|').length).toBe(4);
  });

  it('name files that stay in their folder', () => {
    const files = reportFiles({ ...report, figures: [{ ...figures[0]!, name: '../../etc/passwd' }] });
    expect([...files.keys()]).toEqual(['report.json', 'report.md', 'etc-passwd.svg']);
  });
});
