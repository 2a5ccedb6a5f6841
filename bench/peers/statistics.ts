// Medians of what was measured side by side.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of the ratios of pairs measured one after the other: slow moments of the machine cancel. */
export function ratio(theirs: readonly number[], ours: readonly number[]): number {
  return median(theirs.map((t, i) => t / ours[i]!));
}

export function secondsText(s: number): string {
  if (s >= 1) return `${s.toPrecision(3)} s`;
  return s >= 1e-3 ? `${(s * 1e3).toPrecision(3)} ms` : `${(s * 1e6).toPrecision(3)} µs`;
}

export function ratioText(r: number): string {
  return `${r >= 100 ? Math.round(r) : r.toPrecision(3)}×`;
}
