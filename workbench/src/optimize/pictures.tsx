// Contours and a surface over a plane through the optimum, with the path of the solve.

import type { JSX } from 'preact';
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { Asked, Lane } from '../engine/lane.ts';
import type { ModelQuestion } from '../engine/optimize/given.ts';
import { type Axis, type Entry, type Way, ways } from '../engine/optimize/ways.ts';
import type { Landscape } from '../engine/optimize/landscape.ts';
import type { Solved } from '../engine/optimize/solve.ts';
import { TaskError } from '../engine/protocol.ts';
import { download } from '../parts/download.ts';
import { drawingText } from '../parts/drawing.ts';
import { placeText } from '../engine/place-text.ts';
import { type Segment, levelLines, levelsOf } from './contour.ts';
import { Surface } from './surface.tsx';

export interface PicturesProps {
  readonly lane: Lane;
  readonly question: ModelQuestion;
  readonly solved: Solved;
  /** A solve goes on, which pictures give way to. */
  readonly isSolving: boolean;
}

// A solve waits this long for a picture to come, so that it follows a slider, and then for it to be given up, in milliseconds.
const fair = 300;
const patience = 600;

interface Drawing extends Asked<Landscape> {
  readonly began: number;
  readonly end: AbortController;
}

export function Pictures({ lane, question, solved, isSolving }: PicturesProps): JSX.Element | null {
  const picture = useRef<HTMLDivElement>(null);
  const entries = useMemo(() => entriesOf(solved), [solved]);
  // A choice stays while a slider solves again.
  const [chosen, choose] = useState<readonly [string, string]>(['', '']);
  const [found, setFound] = useState<Landscape>();
  const [wrong, setWrong] = useState('');
  const names = [chosen[0] || (entries[0]?.label ?? ''), chosen[1] || (entries[1]?.label ?? '')] as const;
  const drawing = useRef<Drawing | undefined>(undefined);
  const ask = useLatest(async (axes: readonly [Axis, Axis]) => {
    const end = new AbortController();
    const asked = lane.ask('landscape', { ...question, axes }, { signal: end.signal });
    drawing.current = { ...asked, began: performance.now(), end };
    try {
      setFound(await asked.answer);
      setWrong('');
    } catch (error) {
      if (drawing.current) setWrong(error instanceof TaskError ? error.message : String(error));
    }
    drawing.current = undefined;
  });
  useEffect(() => {
    const late = isSolving ? drawing.current : undefined;
    if (!late) return undefined;
    let hurry = setTimeout(() => {
      if (drawing.current !== late) return;
      drawing.current = undefined;
      late.tell('stop');
      hurry = setTimeout(() => late.end.abort(), patience);
    }, late.began + fair - performance.now());
    return () => clearTimeout(hurry);
  }, [isSolving]);
  useEffect(() => {
    if (isSolving) return;
    const [a, b] = names.map((name) => axisNamed(name, entries));
    if (a && b) ask([a, b]);
    else setWrong(`there is no ${names.find((name) => !axisNamed(name, entries))}`);
  }, [lane, solved, isSolving, ...names]);
  if (entries.length < 2) return null;
  const isWhole = entries.length === 2;
  return (
    <section class="stack" aria-label="pictures">
      <h3>{isWhole ? 'the problem, and the path of the solve' : 'a slice through the optimum, and the path of the solve seen from there'}</h3>
      <div class="inline">
        <AxisChoice label="across" value={names[0]} entries={entries} change={(name) => choose([name, names[1]])} />
        <AxisChoice label="up" value={names[1]} entries={entries} change={(name) => choose([names[0], name])} />
      </div>
      {wrong !== '' && (
        <p role="status" class="diagnostic">
          No picture: {wrong}
        </p>
      )}
      {found && (
        <div class={wrong === '' ? 'pictures' : 'pictures old'}>
          <div class="stack" ref={picture}>
            <Contours landscape={found} />
            <button type="button" onClick={() => save(picture.current)}>
              download contours.svg
            </button>
          </div>
          <div class="surface-place">
            <Surface landscape={found} />
          </div>
        </div>
      )}
    </section>
  );
}

/** Work that is done one after the other, where only the last that was asked for meanwhile counts. A question that is cancelled would take the solution in its worker with it. */
function useLatest<T>(work: (of: T) => Promise<void>): (of: T) => void {
  const waiting = useRef<{ isBusy: boolean; next?: { readonly of: T } | undefined; work: typeof work }>({ isBusy: false, work });
  waiting.current.work = work;
  return useCallback((of: T) => {
    const now = waiting.current;
    now.next = { of };
    if (now.isBusy) return;
    now.isBusy = true;
    void (async () => {
      for (let next = now.next; next; next = now.next) {
        now.next = undefined;
        await now.work(next.of);
      }
      now.isBusy = false;
    })();
  }, []);
}

interface AxisChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly entries: readonly NamedEntry[];
  readonly change: (name: string) => void;
}

/** A list of all entries, or a field where there are too many for one. */
function AxisChoice({ label, value, entries, change }: AxisChoiceProps): JSX.Element {
  const id = useId();
  if (entries.length > mostListed)
    return (
      <label>
        {label} <input class="axis" list={id} value={value} onChange={(event) => change(event.currentTarget.value.trim())} />
        <datalist id={id}>
          {Object.values(ways).map((says) => (
            <option key={says} value={says} />
          ))}
        </datalist>
      </label>
    );
  return (
    <label>
      {label}{' '}
      <select class="axis" value={value} onChange={(event) => change(event.currentTarget.value)}>
        <optgroup label="entries">
          {entries.map((entry) => (
            <option key={entry.label}>{entry.label}</option>
          ))}
        </optgroup>
        <optgroup label="directions">
          {Object.values(ways).map((says) => (
            <option key={says}>{says}</option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}

const mostListed = 200;

interface NamedEntry extends Entry {
  /** Such as `X[1, 2]`. */
  readonly label: string;
}

function entriesOf({ x }: Solved): NamedEntry[] {
  return x.flatMap(({ name, shape }) => Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => ({ name, index, label: `${name}${placeText(index, shape)}` })));
}

function axisNamed(text: string, entries: readonly NamedEntry[]): Axis | undefined {
  const way = Object.entries(ways).find(([, says]) => says === text)?.[0] as Way | undefined;
  if (way !== undefined) return { along: way };
  const plain = text.replaceAll(/\s/g, '');
  const entry = entries.find(({ label }) => label.replaceAll(' ', '') === plain);
  return entry && { name: entry.name, index: entry.index };
}

function save(place: HTMLElement | null): void {
  const svg = place?.querySelector('svg');
  if (svg) download('contours.svg', drawingText(svg), 'image/svg+xml');
}

function drawn(lines: readonly Segment[]): string {
  return lines.map(({ from, to }) => `M${from.join(' ')}L${to.join(' ')}`).join('');
}

const [size, margin] = [420, 60];

function Contours({ landscape: { x, y, objective, feasible, equations, optimum, labels, path } }: { readonly landscape: Landscape }): JSX.Element {
  const lines = useMemo(() => levelsOf(objective, 14).map((level) => drawn(levelLines(objective, level))), [objective]);
  const zeros = useMemo(() => equations.map((sides) => drawn(levelLines(sides, 0))), [equations]);
  const n = x.length - 1;
  const place = (value: number, list: readonly number[]): number => ((value - list[0]!) / (list.at(-1)! - list[0]!)) * n;
  const outside = feasible.flatMap((row, i) => [...row].flatMap((inside, j) => (inside === 1 ? [] : [`M${j - 0.5} ${i - 0.5}h1v1h-1z`]))).join('');
  const text = (value: number): string => String(Number(value.toPrecision(3)));
  const trail = [...path, optimum].map((p) => [place(p[0], x), place(p[1], y)]);
  return (
    <svg class="contours" viewBox={`0 0 ${size + margin} ${size + margin}`} width={size + margin} height={size + margin} role="img" aria-label={`level lines of the objective over ${labels.join(' and ')}; the optimum is at ${optimum.map(text).join(', ')}`}>
      <svg x={margin} y={0} width={size} height={size} viewBox={`0 0 ${n} ${n}`} preserveAspectRatio="none">
        <g transform={`matrix(1 0 0 -1 0 ${n})`}>
          <path class="outside" d={outside} />
          {lines.map((d, i) => (
            <path key={i} class="level" d={d} />
          ))}
          {zeros.map((d, i) => (
            <path key={i} class="equation" d={d} />
          ))}
          <path class="trail" d={`M${trail.map((p) => p.join(' ')).join('L')}`} />
          {trail.slice(0, -1).map((p, i) => (
            <circle key={i} class="step" cx={p[0]} cy={p[1]} r={n / 160} />
          ))}
          <circle class="optimum" cx={place(optimum[0], x)} cy={place(optimum[1], y)} r={n / 70} />
        </g>
      </svg>
      <rect class="frame" x={margin} y={0} width={size} height={size} />
      <text x={margin} y={size + 16}>{text(x[0]!)}</text>
      <text x={margin + size} y={size + 16} text-anchor="end">{text(x.at(-1)!)}</text>
      <text x={margin + size / 2} y={size + 34} text-anchor="middle">{labels[0]}</text>
      <text x={margin - 6} y={size} text-anchor="end">{text(y[0]!)}</text>
      <text x={margin - 6} y={12} text-anchor="end">{text(y.at(-1)!)}</text>
      <text x={margin - 36} y={size / 2} text-anchor="middle" transform={`rotate(-90 ${margin - 36} ${size / 2})`}>{labels[1]}</text>
    </svg>
  );
}
