// Axes of figures: from numbers to places, and where the ticks stand.

import type { FigureAxis } from './figure.ts';

export interface Scale {
  /** The place of a number; undefined for one that the axis cannot show. */
  readonly place: (x: number) => number | undefined;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** An axis from place `start` to place `end` that has room for all these numbers. */
export function axisScale(axis: FigureAxis, values: readonly number[], start: number, end: number): Scale {
  const isLog = axis.scale === 'log';
  const shown = values.filter((x) => Number.isFinite(x) && (!isLog || x > 0));
  const least = axis.from ?? shown.reduce((a, b) => Math.min(a, b), Infinity);
  const most = axis.to ?? shown.reduce((a, b) => Math.max(a, b), -Infinity);
  const [low, high] = widened(least, most, axis, isLog);
  const along = (x: number): number => (isLog ? Math.log10(x) : x);
  const [from, to] = [along(low), along(high)];
  return {
    place: (x) => (Number.isFinite(x) && (!isLog || x > 0) ? start + ((along(x) - from) / (to - from)) * (end - start) : undefined),
    ticks: (isLog ? logTicks(from, to) : linearTicks(from, to)).map((x) => ({ at: start + ((along(x) - from) / (to - from)) * (end - start), text: tickText(x) })),
  };
}

/** A range with some width; ends that are not asked for move out a little. */
function widened(least: number, most: number, axis: FigureAxis, isLog: boolean): [number, number] {
  if (!(least <= most)) return isLog ? [0.1, 10] : [0, 1];
  if (isLog) {
    const room = Math.max((most / least) ** 0.03, least === most ? 2 : 1.01);
    return [axis.from ?? least / room, axis.to ?? most * room];
  }
  const room = (most - least) * 0.04 || Math.abs(most) * 0.5 || 1;
  // Numbers that are all of one sign and reach near zero show it.
  const low = least >= 0 && least < 0.3 * most ? 0 : least - room;
  return [axis.from ?? low, axis.to ?? most + room];
}

/** Multiples of 1, 2 or 5 times a power of ten, about six. */
function linearTicks(from: number, to: number): number[] {
  const raw = (to - from) / 6;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => (first + k) * step);
}

/** Powers of ten, or where there are fewer than three also twice and five times these. `from` and `to` are logarithms. */
function logTicks(from: number, to: number): number[] {
  const stride = Math.max(1, Math.ceil((to - from) / 7));
  const powers: number[] = [];
  for (let p = Math.ceil(from); p <= Math.floor(to); p++) if (p % stride === 0) powers.push(10 ** p);
  if (powers.length >= 3) return powers;
  const finer: number[] = [];
  for (let p = Math.floor(from); p <= Math.ceil(to); p++) for (const m of [1, 2, 5]) finer.push(m * 10 ** p);
  return finer.filter((x) => Math.log10(x) >= from - 1e-9 && Math.log10(x) <= to + 1e-9);
}

function tickText(x: number): string {
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return x.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  return String(Number(x.toPrecision(6)));
}
