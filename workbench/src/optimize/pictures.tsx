// Contours around the optimum in two coordinates, with the path of the solve where the problem has only two.

import { useComputed, useSignal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Lane } from '../engine/lane.ts';
import type { ModelQuestion } from '../engine/optimize/given.ts';
import type { Coordinate, Landscape } from '../engine/optimize/landscape.ts';
import type { SolvePoint, Solved } from '../engine/optimize/solve.ts';
import { TaskError } from '../engine/protocol.ts';
import { download } from '../parts/download.ts';
import { drawingText } from '../parts/drawing.ts';
import { placeText } from '../engine/place-text.ts';
import { type Segment, levelLines, levelsOf } from './contour.ts';
import type { SurfaceProps } from './surface.tsx';

export interface PicturesProps {
  readonly lane: Lane;
  readonly question: ModelQuestion;
  readonly solved: Solved;
  readonly points: readonly SolvePoint[];
}

export function Pictures({ lane, question, solved, points }: PicturesProps): JSX.Element | null {
  const coordinates = useMemo(() => coordinatesOf(solved), [solved]);
  const picture = useRef<HTMLDivElement>(null);
  const shapes = useMemo(() => new Map(solved.x.map(({ name, shape }) => [name, shape])), [solved]);
  const [first, second] = [useSignal(0), useSignal(1)];
  const axes = useComputed(() => [coordinates[first.value], coordinates[second.value]] as const);
  const [found, setFound] = useState<Landscape | { readonly wrong: string }>();
  const isWhole = coordinates.length === 2;
  const path = useMemo(() => (isWhole ? lastRun(points).map((p) => p.at).filter((at) => at.length === 2) : []), [isWhole, points]);
  const [a, b] = axes.value;
  useEffect(() => {
    if (!a || !b) return undefined;
    const cancel = new AbortController();
    lane.ask('landscape', { ...question, axes: [a, b], reach: 0, through: path }, { signal: cancel.signal }).answer.then(setFound, (error: unknown) => {
      if (!cancel.signal.aborted) setFound({ wrong: error instanceof TaskError ? error.message : String(error) });
    });
    return () => cancel.abort();
  }, [lane, solved, a, b]);
  if (coordinates.length < 2) return null;
  const choice = (label: string, value: number, change: (index: number) => void): JSX.Element => (
    <label>
      {label}{' '}
      <select value={String(value)} onChange={(event) => change(Number(event.currentTarget.value))}>
        {coordinates.map(({ name, index }, i) => (
          <option key={i} value={String(i)}>
            {name}
            {placeText(index, shapes.get(name) ?? [])}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <section class="stack" aria-label="pictures">
      <h3>{isWhole ? 'the problem, and the path of the solve' : 'a slice through the optimum'}</h3>
      {!isWhole && (
        <div class="inline">
          {choice('across', first.value, (i) => (first.value = i))}
          {choice('up', second.value, (i) => (second.value = i))}
        </div>
      )}
      {found && 'wrong' in found && <p>No picture: {found.wrong}</p>}
      {found && 'x' in found && (
        <div class="pictures">
          <div class="stack" ref={picture}>
            <Contours landscape={found} path={path} />
            <button type="button" onClick={() => save(picture.current)}>
              download contours.svg
            </button>
          </div>
          <LaterSurface landscape={found} path={path} />
        </div>
      )}
    </section>
  );
}

function save(place: HTMLElement | null): void {
  const svg = place?.querySelector('svg');
  if (svg) download('contours.svg', drawingText(svg), 'image/svg+xml');
}

/** The surface has a library of its own, loaded when there is something to draw. */
function LaterSurface(props: SurfaceProps): JSX.Element {
  const [Surface, setSurface] = useState<{ readonly of: ComponentType<SurfaceProps> }>();
  useEffect(() => void import('./surface.tsx').then((m) => setSurface({ of: m.Surface })), []);
  return <div class="surface-place">{Surface && <Surface.of {...props} />}</div>;
}

/** A method that begins anew, from another start or with another penalty, leaves its first steps out of the drawing. */
function lastRun(points: readonly SolvePoint[]): readonly SolvePoint[] {
  const begin = points.findLastIndex((p, i) => i > 0 && p.iteration < points[i - 1]!.iteration);
  return points.slice(Math.max(0, begin));
}

const mostChoices = 200;

function coordinatesOf({ x }: Solved): Coordinate[] {
  return x.flatMap(({ name, shape }) => Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => ({ name, index }))).slice(0, mostChoices);
}

function drawn(lines: readonly Segment[]): string {
  return lines.map(({ from, to }) => `M${from.join(' ')}L${to.join(' ')}`).join('');
}

const [size, margin] = [420, 60];

function Contours({ landscape: { x, y, objective, feasible, equations, optimum, labels }, path }: { readonly landscape: Landscape; readonly path: readonly (readonly number[])[] }): JSX.Element {
  const lines = useMemo(() => levelsOf(objective, 14).map((level) => drawn(levelLines(objective, level))), [objective]);
  const zeros = useMemo(() => equations.map((sides) => drawn(levelLines(sides, 0))), [equations]);
  const n = x.length - 1;
  const place = (value: number, list: readonly number[]): number => ((value - list[0]!) / (list.at(-1)! - list[0]!)) * n;
  const outside = feasible.flatMap((row, i) => [...row].flatMap((inside, j) => (inside === 1 ? [] : [`M${j - 0.5} ${i - 0.5}h1v1h-1z`]))).join('');
  const text = (value: number): string => String(Number(value.toPrecision(3)));
  const trail = [...path, optimum].map((p) => [place(p[0]!, x), place(p[1]!, y)]);
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
      <text x={margin - 6} y={size / 2} text-anchor="end">{labels[1]}</text>
    </svg>
  );
}
