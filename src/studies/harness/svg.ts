// Figures as SVG. Ink is `currentColor` and colours are CSS variables with values that read on light and dark grounds,
// so a page sets both; series differ in dashes and shapes too, and every figure has a title and a description.

import { unreachable } from '../../base/internal.ts';
import type { BarFigure, Figure, HeatFigure, LineFigure, Mark, ScatterFigure } from './figure.ts';
import { coordinate, element, textElement } from './markup.ts';
import { type Scale, axisScale } from './scale.ts';
import { numberText } from './verdict.ts';

const width = 640;
const box = { left: 72, right: 620, top: 44, bottom: 330 };
const lineHeight = 18;

/** Colours by number: `--figure-1` … `--figure-6` where a page has them. */
const palette = ['#3b7dd8', '#d9702b', '#2f9e63', '#b04fc0', '#c24a5a', '#8a8333'];
const colour = (k: number): string => `var(--figure-${(k % palette.length) + 1}, ${palette[k % palette.length]!})`;
const dashes = { solid: undefined, dashed: '7 4', dotted: '2 3' } as const;

/** A figure to stand in a page, whose ink and colours it takes. */
export function figureSvg(figure: Figure): string {
  return drawn(figure, []);
}

/** A figure as a file of its own, which knows light and dark by itself. */
export function figureFile(figure: Figure): string {
  const style = element('style', {}, ['svg{color:#1b1f24;background:#fff}@media (prefers-color-scheme:dark){svg{color:#e6e8ea;background:#16191d}}']);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${drawn(figure, [style])}\n`;
}

function drawn(figure: Figure, before: readonly string[]): string {
  const { body, height } = inside(figure);
  return element('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'font-family': 'system-ui, sans-serif', 'font-size': 12, fill: 'currentColor' }, [
    textElement('title', {}, figure.title),
    textElement('desc', {}, figure.says),
    ...before,
    textElement('text', { x: box.left, y: 22, 'font-size': 14, 'font-weight': 600 }, figure.title),
    ...body,
  ]);
}

interface Drawing {
  readonly body: readonly string[];
  readonly height: number;
}

function inside(figure: Figure): Drawing {
  switch (figure.kind) {
    case 'lines':
      return lines(figure);
    case 'scatter':
      return scatter(figure);
    case 'heat':
      return heat(figure);
    case 'bars':
      return bars(figure);
    default:
      return unreachable(figure);
  }
}

function lines({ x, y, series, marks = [] }: LineFigure): Drawing {
  const xs = axisScale(x, [...series.flatMap((s) => s.x), ...at(marks, 'x')], box.left, box.right);
  const ys = axisScale(y, [...series.flatMap((s) => [...s.y, ...(s.band?.low ?? []), ...(s.band?.high ?? [])]), ...at(marks, 'y')], box.bottom, box.top);
  const drawings = series.flatMap((s, k) => [
    ...(s.band ? [element('path', { d: bandPath(xs, ys, s.x, s.band), fill: colour(k), 'fill-opacity': 0.18 })] : []),
    element('path', { d: linePath(xs, ys, s.x, s.y), fill: 'none', stroke: colour(k), 'stroke-width': 2, 'stroke-dasharray': dashes[s.style ?? 'solid'] }),
    ...(s.x.length <= 30 ? points(xs, ys, s.x, s.y, k) : []),
  ]);
  return framed(xs, ys, x.label, y.label, [...markLines(marks, xs, ys), ...drawings], series);
}

function scatter({ x, y, groups, marks = [] }: ScatterFigure): Drawing {
  const xs = axisScale(x, [...groups.flatMap((g) => g.x), ...at(marks, 'x')], box.left, box.right);
  const ys = axisScale(y, [...groups.flatMap((g) => g.y), ...at(marks, 'y')], box.bottom, box.top);
  return framed(xs, ys, x.label, y.label, [...markLines(marks, xs, ys), ...groups.flatMap((g, k) => points(xs, ys, g.x, g.y, k))], groups);
}

function bars({ x, y, series, marks = [] }: BarFigure): Drawing {
  const values = series.flatMap((s) => [...s.values, ...(s.intervals ?? []).flat()]);
  const ys = axisScale(y, [...(y.scale === 'log' ? [] : [0]), ...values, ...at(marks, 'y')], box.bottom, box.top);
  const step = (box.right - box.left) / x.names.length;
  const thick = (step * 0.8) / series.length;
  const ground = ys.place(0) ?? box.bottom;
  const columns = series.flatMap((s, k) =>
    s.values.flatMap((value, i) => {
      const top = ys.place(value);
      if (top === undefined) return [];
      const left = box.left + i * step + step * 0.1 + k * thick;
      const rect = element('rect', { x: left, y: Math.min(top, ground), width: Math.max(thick - 1, 0.5), height: Math.abs(ground - top), fill: colour(k), 'fill-opacity': 0.85 });
      const [low, high] = (s.intervals?.[i] ?? []).map((v) => ys.place(v));
      const whisker = low === undefined || high === undefined ? [] : [element('path', { d: `M${coordinate(left + thick / 2)} ${coordinate(low)}V${coordinate(high)}`, stroke: 'currentColor' })];
      return [rect, ...whisker];
    }),
  );
  const xs: Scale = { place: () => undefined, ticks: nameTicks(x.names, step, box.left) };
  return framed(xs, ys, x.label, y.label, [...columns, ...markLines(marks, xs, ys)], series);
}

function heat({ x, y, values, colour: tells, spots = [] }: HeatFigure): Drawing {
  const [rows, columns] = [y.names.length, x.names.length];
  const [high, wide] = [(box.bottom - box.top) / rows, (box.right - box.left) / columns];
  const finite = values.flat().filter(Number.isFinite);
  const [least, most] = [finite.reduce((a, b) => Math.min(a, b), Infinity), finite.reduce((a, b) => Math.max(a, b), -Infinity)];
  // Cells of one shade are one path, so that large maps stay small files. Signs have colours of their own.
  const isSigned = least < 0 && most > 0;
  const shades = 24;
  const largest = isSigned ? Math.max(-least, most) : most - least || 1;
  const paths = new Map<number, string[]>();
  values.forEach((row, i) =>
    row.forEach((value, j) => {
      if (!Number.isFinite(value)) return;
      const shade = Math.round(((isSigned ? value : value - least) / largest) * shades);
      const cell = `M${coordinate(box.left + j * wide)} ${coordinate(box.top + i * high)}h${coordinate(wide)}v${coordinate(high)}h${coordinate(-wide)}z`;
      const list = paths.get(shade);
      if (list) list.push(cell);
      else paths.set(shade, [cell]);
    }),
  );
  const cells = [...paths].map(([shade, list]) => element('path', { d: list.join(''), 'shape-rendering': 'crispEdges', fill: colour(shade < 0 ? 1 : 0), 'fill-opacity': 0.04 + (0.96 * Math.abs(shade)) / shades }));
  const pointed = spots.flatMap(({ row, column, label }) => [
    element('rect', { x: box.left + column * wide, y: box.top + row * high, width: wide, height: high, fill: 'none', stroke: 'currentColor', 'stroke-width': 2 }),
    textElement('text', { x: box.left + (column + 0.5) * wide, y: box.top + row * high - 3, 'text-anchor': 'middle' }, label),
  ]);
  const xs: Scale = { place: () => undefined, ticks: nameTicks(x.names, wide, box.left) };
  const ys: Scale = { place: () => undefined, ticks: nameTicks(y.names, high, box.top) };
  const ends = [numberText(least), numberText(most)] as const;
  const range = finite.length === 0 ? 'no numbers' : isSigned ? `from ${ends[0]} (second colour) to ${ends[1]} (first colour), pale near zero` : `from ${ends[0]} (pale) to ${ends[1]} (full)`;
  return framed(xs, ys, x.label, y.label, [...cells, ...pointed], [], `${tells}: ${range}`);
}

/** Axes, ticks and labels around a drawing, and its legend below. */
function framed(xs: Scale, ys: Scale, xLabel: string, yLabel: string, drawing: readonly string[], series: readonly { readonly name: string; readonly style?: keyof typeof dashes }[], note?: string): Drawing {
  const faint = { stroke: 'currentColor', 'stroke-opacity': 0.15 };
  const grid = [
    ...xs.ticks.flatMap(({ at: x, text }) => [element('path', { d: `M${coordinate(x)} ${box.bottom}v5`, stroke: 'currentColor' }), textElement('text', { x, y: box.bottom + 18, 'text-anchor': 'middle' }, text)]),
    ...ys.ticks.flatMap(({ at: y, text }) => [element('path', { d: `M${box.left} ${coordinate(y)}H${box.right}`, ...faint }), textElement('text', { x: box.left - 6, y: y + 4, 'text-anchor': 'end' }, text)]),
    element('path', { d: `M${box.left} ${box.top}V${box.bottom}H${box.right}`, fill: 'none', stroke: 'currentColor' }),
    textElement('text', { x: (box.left + box.right) / 2, y: box.bottom + 36, 'text-anchor': 'middle' }, xLabel),
    textElement('text', { x: 16, y: (box.top + box.bottom) / 2, 'text-anchor': 'middle', transform: `rotate(-90 16 ${(box.top + box.bottom) / 2})` }, yLabel),
  ];
  const top = box.bottom + 58;
  const legend = [
    ...series.flatMap(({ name, style }, k) => [
      element('path', { d: `M${box.left} ${top + k * lineHeight}h26`, stroke: colour(k), 'stroke-width': 3, 'stroke-dasharray': dashes[style ?? 'solid'] }),
      shape(box.left + 13, top + k * lineHeight, k),
      textElement('text', { x: box.left + 34, y: top + k * lineHeight + 4 }, name),
    ]),
    ...(note === undefined ? [] : [textElement('text', { x: box.left, y: top + 4 }, note)]),
  ];
  return { body: [...grid, ...drawing, ...legend], height: top + Math.max(1, series.length) * lineHeight };
}

function markLines(marks: readonly Mark[], xs: Scale, ys: Scale): string[] {
  return marks.flatMap(({ axis, at: value, label }) => {
    const place = (axis === 'x' ? xs : ys).place(value);
    if (place === undefined) return [];
    const d = axis === 'x' ? `M${coordinate(place)} ${box.bottom}V${box.top}` : `M${box.left} ${coordinate(place)}H${box.right}`;
    const where = axis === 'x' ? { x: place + 4, y: box.top + 10 } : { x: box.right, y: place - 4, 'text-anchor': 'end' };
    return [element('path', { d, stroke: 'currentColor', 'stroke-dasharray': '5 4', 'stroke-opacity': 0.7 }), textElement('text', { ...where, 'font-size': 11 }, label)];
  });
}

function at(marks: readonly Mark[], axis: Mark['axis']): number[] {
  return marks.filter((m) => m.axis === axis).map((m) => m.at);
}

function linePath(xs: Scale, ys: Scale, x: readonly number[], y: readonly number[]): string {
  let isOpen = false;
  return x
    .map((value, i) => {
      const [px, py] = [xs.place(value), ys.place(y[i]!)];
      const isShown = px !== undefined && py !== undefined;
      const step = isShown ? `${isOpen ? 'L' : 'M'}${coordinate(px)} ${coordinate(py)}` : '';
      isOpen = isShown;
      return step;
    })
    .join('');
}

function bandPath(xs: Scale, ys: Scale, x: readonly number[], { low, high }: { readonly low: readonly number[]; readonly high: readonly number[] }): string {
  const known = x.map((_, i) => i).filter((i) => [xs.place(x[i]!), ys.place(low[i]!), ys.place(high[i]!)].every((p) => p !== undefined));
  const there = linePath(xs, ys, known.map((i) => x[i]!), known.map((i) => high[i]!));
  const back = known.toReversed();
  return there === '' ? '' : `${there}${linePath(xs, ys, back.map((i) => x[i]!), back.map((i) => low[i]!)).replace('M', 'L')}z`;
}

function points(xs: Scale, ys: Scale, x: readonly number[], y: readonly number[], k: number): string[] {
  return x.flatMap((value, i) => {
    const [px, py] = [xs.place(value), ys.place(y[i]!)];
    return px === undefined || py === undefined ? [] : [shape(px, py, k)];
  });
}

/** Circle, square, triangle, diamond. */
function shape(x: number, y: number, k: number): string {
  const [cx, cy] = [coordinate(x), coordinate(y)];
  const forms = [`M${cx} ${cy}m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z`, `M${cx} ${cy}m-3-3h6v6h-6z`, `M${cx} ${cy}m0-4l4 7h-8z`, `M${cx} ${cy}m0-4.5l4.5 4.5l-4.5 4.5l-4.5-4.5z`];
  return element('path', { d: forms[k % forms.length]!, fill: colour(k) });
}

/** Names of places along an axis, as many as can be read. */
function nameTicks(names: readonly string[], step: number, start: number): Scale['ticks'] {
  const room = Math.max(...names.map((n) => n.length), 1) * 6.5 + 8;
  const every = Math.max(1, Math.ceil(Math.min(room, 120) / step));
  return names.flatMap((name, i) => (i % every === 0 ? [{ at: start + (i + 0.5) * step, text: name.length > 24 ? `${name.slice(0, 23)}…` : name }] : []));
}
