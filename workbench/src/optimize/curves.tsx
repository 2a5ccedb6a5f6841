// Live curves of a solve: the objective, and how far the conditions of optimality are from holding.

import 'uplot/dist/uPlot.min.css';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { SolvePoint } from '../engine/optimize/solve.ts';
import { colourOf } from '../parts/colour.ts';
import { download } from '../parts/download.ts';
import { useIsDark } from '../parts/media.ts';
import { tableText } from '../parts/table-text.ts';

const height = 220;

// Between two steps there is nothing.
const wholeSteps = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

export function Curves({ points }: { readonly points: readonly SolvePoint[] }): JSX.Element {
  const [objective, conditions] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const plots = useRef<readonly uPlot[]>([]);
  const isDark = useIsDark();
  useEffect(() => {
    const colour = (token: string) => (): string => colourOf(token);
    const axis = { stroke: colour('--muted'), ticks: { stroke: colour('--line') }, grid: { show: false } };
    const steps = { ...axis, incrs: wholeSteps };
    const width = (place: HTMLDivElement | null): number => Math.max(240, place?.clientWidth ?? 0);
    const made = [
      new uPlot({ width: width(objective.current), height, title: 'objective', legend: { show: false }, scales: { x: { time: false } }, axes: [steps, { ...axis, size: 70 }], series: [{}, { stroke: colour('--accent'), width: 2 }] }, [[], []], objective.current!),
      new uPlot(
        {
          width: width(conditions.current),
          height,
          title: 'stationarity and violation',
          scales: { x: { time: false }, y: { distr: 3 } },
          axes: [steps, { ...axis, size: 70, ticks: { show: false }, values: (_, splits) => splits.map((v) => (Number.isInteger(Math.log10(v)) ? v.toExponential(0) : '')) }],
          series: [{ label: 'step' }, { label: 'stationarity', stroke: colour('--number'), width: 2 }, { label: 'violation', stroke: colour('--function'), width: 2 }],
        },
        [[], [], []],
        conditions.current!,
      ),
    ];
    plots.current = made;
    const follow = new ResizeObserver(() => made.forEach((plot, i) => plot.setSize({ width: width([objective, conditions][i]!.current), height })));
    follow.observe(objective.current!);
    return () => {
      follow.disconnect();
      made.forEach((plot) => plot.destroy());
    };
  }, []);
  // A colour is asked for whenever something is drawn.
  useLayoutEffect(() => plots.current.forEach((plot) => plot.redraw()), [isDark]);
  useEffect(() => {
    const steps = points.map((_, i) => i + 1);
    // What is 0 has no place on a logarithmic axis.
    const above = (x: number): number | null => (x > 1e-17 ? x : null);
    plots.current[0]?.setData([steps, points.map((p) => p.objective)]);
    plots.current[1]?.setData([steps, points.map((p) => above(p.stationarity)), points.map((p) => above(p.violation))]);
  }, [points]);
  const last = points.at(-1);
  return (
    <div class="stack">
      <div class="curves" role="img" aria-label={`convergence after ${points.length} steps: objective ${last?.objective.toPrecision(6) ?? ''}, stationarity ${last?.stationarity.toExponential(1) ?? ''}`}>
        <div ref={objective} />
        <div ref={conditions} />
      </div>
      <button type="button" onClick={() => download('steps.csv', tableText([['step', 'objective', 'stationarity', 'violation'], ...points.map((p, i) => [i + 1, p.objective, p.stationarity, p.violation])]), 'text/csv')}>
        download steps.csv
      </button>
    </div>
  );
}
