// From numbers to a verdict, with the number that decided it.

/** What became of a claim, at the scale and in the setting of the study. */
export type Verdict = 'holds' | 'holds under a condition' | 'does not hold here' | 'undecided';

/** What a number has to be for a claim to hold. */
export type Needed =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly between: readonly [low: number, high: number] };

/** A measured number and what it has to be. */
export interface Test {
  /** What was measured, in words. */
  readonly what: string;
  readonly value: number;
  readonly needed: Needed;
  /** Where the number lies but for chance; a test whose interval reaches over the limit decides nothing. */
  readonly interval?: readonly [low: number, high: number];
}

export interface Decision {
  readonly verdict: Verdict;
  /** The test that decided: the one that failed, or the one that passed most narrowly. */
  readonly by: Test;
  /** Every test there was. */
  readonly tests: readonly Test[];
  /** Under which the claim holds, where it does not hold as it stands. */
  readonly condition?: string;
}

export type Passing = 'yes' | 'no' | 'unknown';

/** Whether one number is as it has to be; unknown for what is no number, and where an interval reaches over a limit. */
export function passes({ value, needed, interval = [value, value] }: Test): Passing {
  const sides = [value, ...interval].map((x) => side(x, needed));
  if (sides.some((s) => s === undefined || s !== sides[0])) return 'unknown';
  return sides[0] === 'inside' ? 'yes' : 'no';
}

/**
 * The verdict on a claim that holds when every test passes. The first that fails decides; then the first that is open;
 * and of those that pass the one that is nearest to failing.
 *
 * @example decide([{ what: 'cosine', value: 0.9995, needed: { atLeast: 0.999 } }]).verdict // holds
 */
export function decide(tests: readonly [Test, ...Test[]]): Decision {
  const failed = tests.find((t) => passes(t) === 'no');
  const open = tests.find((t) => passes(t) === 'unknown');
  if (failed) return { verdict: 'does not hold here', by: failed, tests };
  if (open) return { verdict: 'undecided', by: open, tests };
  return { verdict: 'holds', by: tests.reduce((a, b) => (room(b) < room(a) ? b : a)), tests };
}

/** The verdict on a claim that may hold as it stands, or only under a condition whose tests are others. */
export function decideUnder(condition: string, asItStands: readonly [Test, ...Test[]], underCondition: readonly [Test, ...Test[]]): Decision {
  const plain = decide(asItStands);
  if (plain.verdict !== 'does not hold here') return plain;
  const narrower = decide(underCondition);
  const tests = [...asItStands, ...underCondition];
  return narrower.verdict === 'holds' ? { verdict: 'holds under a condition', by: plain.by, tests, condition } : { ...plain, tests };
}

/** "at least 0.999", for tables and sentences. */
export function neededText(needed: Needed): string {
  if ('atMost' in needed) return `at most ${numberText(needed.atMost)}`;
  if ('atLeast' in needed) return `at least ${numberText(needed.atLeast)}`;
  return `from ${numberText(needed.between[0])} to ${numberText(needed.between[1])}`;
}

/** Five digits; very small and very large ones by powers of ten. */
export function numberText(x: number): string {
  if (x === 0 || !Number.isFinite(x) || (Number.isInteger(x) && Math.abs(x) < 1e6)) return String(x);
  const size = Math.abs(x);
  return size < 1e-3 || size >= 1e6 ? x.toExponential(2).replace(/\.?0+e/, 'e') : String(Number(x.toPrecision(5)));
}

function side(x: number, needed: Needed): 'below' | 'inside' | 'above' | undefined {
  if (Number.isNaN(x)) return undefined;
  const [low, high] = 'between' in needed ? needed.between : 'atLeast' in needed ? [needed.atLeast, Infinity] : [-Infinity, needed.atMost];
  if (x < low) return 'below';
  return x > high ? 'above' : 'inside';
}

/** How far a passing number is from failing, as a share of the limit. */
function room({ value, needed }: Test): number {
  const share = (limit: number): number => Math.abs(value - limit) / Math.max(Math.abs(limit), Math.abs(value), Number.MIN_VALUE);
  if ('atMost' in needed) return share(needed.atMost);
  if ('atLeast' in needed) return share(needed.atLeast);
  return Math.min(share(needed.between[0]), share(needed.between[1]));
}
