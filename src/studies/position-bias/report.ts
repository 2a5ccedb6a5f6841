// The answer of the study in the form that all studies have.

import type { Figure, LineSeries } from '../harness/figure.ts';
import type { Cell, Finding, Report, Table } from '../harness/report.ts';
import { decide } from '../harness/verdict.ts';
import type { ProfileNumbers } from './numbers.ts';
import type { PositionBias } from './position-bias.ts';
import type { Stack } from './stack.ts';

/** The parts of a report that other analyses of the same stack add. */
export interface Further {
  readonly tables?: readonly Table[];
  readonly findings?: readonly Finding[];
  readonly curves?: readonly LineSeries[];
  readonly seeds?: readonly number[];
  readonly notTried?: readonly string[];
  readonly warnings?: readonly string[];
}

export function joined(parts: readonly Further[]): Further {
  return {
    tables: parts.flatMap((p) => p.tables ?? []),
    findings: parts.flatMap((p) => p.findings ?? []),
    curves: parts.flatMap((p) => p.curves ?? []),
    seeds: parts.flatMap((p) => p.seeds ?? []),
    notTried: parts.flatMap((p) => p.notTried ?? []),
    warnings: parts.flatMap((p) => p.warnings ?? []),
  };
}

export function positionBiasReport(bias: PositionBias, command?: string, further: Further = {}): Report {
  const { numbers, collapse, rightArm } = bias;
  return {
    study: 'position-bias',
    title: 'Position bias of an attention stack',
    says: `${shapeSentence(numbers)} ${rightArm.says} ${collapse.says}`,
    setting: settingOf(bias.stack, bias.query),
    seeds: further.seeds ?? [],
    findings: [...findingsOf(bias), ...(further.findings ?? [])],
    tables: [numbersTable(bias), valleyTable(numbers), armTable(bias), controlTable(bias), ...(further.tables ?? []), profileTable(bias, further.curves ?? [])],
    figures: figuresOf(bias, further.curves ?? []),
    warnings: [...(bias.secondMoment ? [] : ['the second-moment rollout was not computed: its n³ for every head and layer takes long here; ask for it by name']), ...(further.warnings ?? [])],
    notTried: ['rollout and second moment with the weights of a trained model: they see the architecture alone', 'accuracy of retrieval: influence is not retrieval', ...(further.notTried ?? [])],
    sources: ['Herasimchyk, Labryga, Prusina, Laue, A Structural Theory of Position Bias in Transformers, arXiv 2602.16837', 'Wu, Wang, Jegelka, Jadbabaie, ICML 2025, arXiv 2502.01951', 'Chowdhury, arXiv 2603.10123', 'Abnar, Zuidema, Quantifying Attention Flow in Transformers, ACL 2020'],
    ...(command !== undefined && { command }),
  };
}

export function shapeSentence({ valleys, deepest, uIndex, halfWidth }: ProfileNumbers): string {
  if (valleys.length === 0) return 'The profile has no valley between its ends.';
  const others = valleys.length === 1 ? '' : `, the deepest of ${valleys.length}`;
  const ratio = uIndex === undefined ? 'where there is no influence at all' : `where the lower peak is ${Number(uIndex.toPrecision(3))} times the influence`;
  return `The middle is at position ${deepest.index}${others}, ${ratio}; its half-width is ${halfWidth} positions.`;
}

function findingsOf({ collapse, numbersWithoutQuery, closedForm, scores, controls, measured }: PositionBias): Finding[] {
  const best = controls.reduce((a, b) => (b.spearman > a.spearman ? b : a));
  return [
    { claim: 'both ends have more influence than the middle, the query itself left out', decision: decide([{ what: 'U-index without the query', value: numbersWithoutQuery.uIndex ?? Infinity, needed: { atLeast: 1.25 } }]) },
    { claim: 'the influence has not collapsed onto absorbing positions at this depth', decision: decide([{ what: 'absorbed mass', value: collapse.absorbed, needed: { atMost: 0.9 } }]) },
    ...(closedForm ? [{ claim: `the rollout equals the closed form (${closedForm.name}) from position ${closedForm.from} on`, decision: decide([{ what: 'largest difference', value: closedForm.difference, needed: { atMost: 1e-12 } }]) }] : []),
    ...(measured && scores
      ? [
          {
            claim: 'the rollout orders the positions as they were measured',
            decision: decide([{ what: 'Spearman', value: scores.rollout.spearman, needed: { atLeast: 0.88 } }]),
            control: `one constant λ = ${Number(best.residual.toPrecision(3))} for all layers reaches Spearman ${best.spearman.toFixed(3)} and W1 ${best.wasserstein1.toFixed(3)}; what the schedule adds is ${(scores.rollout.spearman - best.spearman).toFixed(3)}`,
          },
        ]
      : []),
  ];
}

function settingOf({ length, heads, attention, residual, schedule }: Stack, query: number): Report['setting'] {
  const kinds = (of: (a: Stack['attention'][number]) => readonly string[]): string => [...new Set(attention.flatMap(of))].join(', ');
  return {
    positions: length,
    query,
    layers: residual.length,
    heads,
    mask: kinds((a) => a.masks.map((m) => (m.kind === 'window' ? `window ${m.width}` : m.kind === 'prefix' ? `prefix ${m.length}` : m.kind))),
    'position rule': kinds((a) => [a.positions.kind]),
    'residual weight': schedule.kind === 'constant' ? `constant ${schedule.value}` : schedule.kind === 'power' ? `${schedule.first}/(t+1)^${schedule.exponent}` : `list, mean ${Number((residual.reduce((a, b) => a + b, 0) / residual.length).toPrecision(4))}`,
  };
}

function numbersTable({ numbers, numbersWithoutQuery, secondMomentNumbers, collapse, order }: PositionBias): Table {
  const row = (name: string, of: (n: ProfileNumbers) => Cell): Cell[] => [name, of(numbers), ...(secondMomentNumbers ? [of(secondMomentNumbers)] : [])];
  return {
    name: 'Numbers',
    says: 'Masses are of the first quarter, the middle half and the last quarter of the positions. The U-index is the lower of the two peaks over the deepest valley. Rows are in stochastic order when later queries read later positions; elsewhere there may be several valleys.',
    columns: ['number', 'rollout', ...(secondMomentNumbers ? ['second moment'] : [])],
    rows: [
      row('primacy mass', (n) => n.primacy),
      row('middle mass', (n) => n.middle),
      row('recency mass', (n) => n.recency),
      row('middle at position', (n) => n.deepest.index),
      row('influence there', (n) => n.deepest.value),
      row('left peak', (n) => n.leftPeak.value),
      row('right peak', (n) => n.rightPeak.value),
      row('U-index', (n) => n.uIndex),
      ['U-index without the query', numbersWithoutQuery.uIndex],
      row('half-width', (n) => n.halfWidth),
      row('entropy (nats)', (n) => n.entropy),
      row('effective positions', (n) => n.effectivePositions),
      ['absorbed mass', collapse.absorbed],
      ['Σλδ', collapse.total],
      ['every position keeps at least', collapse.keptAtLeast],
      ['rows out of stochastic order', order.violated],
    ].map((cells) => [...cells, ...Array.from({ length: (secondMomentNumbers ? 3 : 2) - cells.length }, () => undefined)]),
  };
}

function valleyTable({ valleys }: ProfileNumbers): Table {
  return { name: 'Valleys', says: 'Every local minimum of the rollout.', columns: ['position', 'influence'], rows: valleys.map((v) => [v.index, v.value]) };
}

function armTable({ rightArm, numbers }: PositionBias): Table {
  return {
    name: 'The right arm',
    says: 'Mass above the valley to the right of it, without the query itself, when one mechanism is taken away.',
    columns: ['without', 'right arm', 'U-index'],
    rows: [['nothing', rightArm.arm, numbers.uIndex], ...rightArm.without.map((w) => [w.mechanism, w.arm, w.uIndex])],
  };
}

function controlTable({ controls, measured, scores }: PositionBias): Table {
  return {
    name: 'Control: one constant λ',
    says: `Profiles of the same attention with one λ for all layers, scored against ${measured ? 'the measured profile' : 'the profile of the stack itself, since nothing measured was given'}.`,
    columns: ['λ', 'Spearman', 'W1/(n−1)'],
    rows: [...(scores ? [['rollout, as described', scores.rollout.spearman, scores.rollout.wasserstein1]] : []), ...(scores?.secondMoment ? [['second moment', scores.secondMoment.spearman, scores.secondMoment.wasserstein1]] : []), ...controls.map((c) => [c.residual, c.spearman, c.wasserstein1])],
  };
}

function profileTable({ rollout, secondMoment, closedForm, measured }: PositionBias, curves: readonly LineSeries[]): Table {
  return {
    name: 'Profile',
    says: 'Influence of every position on the query, of sum 1.',
    columns: ['position', 'rollout', ...(secondMoment ? ['second moment'] : []), ...(closedForm ? ['closed form'] : []), ...(measured ? ['measured'] : []), ...curves.map((c) => c.name)],
    rows: [...rollout].map((p, j) => [j, p, ...(secondMoment ? [secondMoment[j]] : []), ...(closedForm ? [j >= closedForm.from ? closedForm.profile[j] : undefined] : []), ...(measured ? [measured[j]] : []), ...curves.map((c) => c.y[j])]),
  };
}

function figuresOf({ rollout, secondMoment, closedForm, measured, byDepth, query }: PositionBias, curves: readonly LineSeries[]): Figure[] {
  const line = (name: string, values: ArrayLike<number>, style: LineSeries['style'] = 'solid', from = 0): LineSeries => ({ name, x: Array.from({ length: values.length - from }, (_, j) => from + j), y: Array.from(values).slice(from), style });
  const lines: Figure = {
    kind: 'lines',
    name: 'profile',
    title: 'Influence by position',
    says: `Influence of every position on the query ${query}, on a logarithmic axis.`,
    x: { label: 'position' },
    y: { label: 'influence', scale: 'log' },
    series: [line('rollout', rollout), ...(secondMoment ? [line('second moment', secondMoment, 'dashed')] : []), ...(closedForm ? [line('closed form', closedForm.profile.subarray(0, rollout.length), 'dotted', closedForm.from)] : []), ...(measured ? [line('measured', measured)] : []), ...curves],
  };
  if (!byDepth) return [lines];
  return [
    lines,
    {
      kind: 'heat',
      name: 'depth',
      title: 'Influence by depth and position',
      says: 'Row t is the profile of the stack of the first t layers, as a power of ten.',
      x: { label: 'position', names: Array.from(rollout, (_, j) => String(j)) },
      y: { label: 'layers', names: byDepth.map((_, t) => String(t)) },
      values: byDepth.map((row) => Array.from(row, (x) => (x > 0 ? Math.log10(x) : NaN))),
      colour: 'log10 of the influence',
    },
  ];
}
