// `ricci study position-bias`: which positions of a sequence an attention stack listens to.

import { describeStack } from '../studies/position-bias/describe-stack.ts';
import { design, designParts } from '../studies/position-bias/design.ts';
import { exactParts, exactStudy } from '../studies/position-bias/exact-study.ts';
import { type PositionBias, positionBias } from '../studies/position-bias/position-bias.ts';
import { type Further, joined, positionBiasReport } from '../studies/position-bias/report.ts';
import { sensitivity, sensitivityParts } from '../studies/position-bias/sensitivity.ts';
import { givenWeights } from '../studies/position-bias/weights.ts';
import { type Report, reportJson } from '../studies/harness/report.ts';
import { type Given, UsageError } from './args.ts';
import type { Command, ExitCode } from './command.ts';
import { interruptible } from './interruptible.ts';
import type { Io } from './io.ts';
import type { Paint } from './paint.ts';
import { progressOn } from './progress-line.ts';
import { designFrom, designOptions } from './study-design.ts';
import { reportText, requireFolder, sparkline, writeReport } from './study-report.ts';
import { arrayFrom, arraysFrom, descriptionFrom, stackOptions } from './study-stack.ts';

export const positionBiasCommand: Command = {
  name: 'position-bias',
  usage: 'ricci study position-bias [FILE.yaml] [--layers T --heads H --positions RULE --residual λ …] [options]',
  says: `Which positions of a sequence an attention stack listens to, from its architecture: the profile of influence by
position, its valleys and masses, whether depth collapses it, and which mechanism makes the right arm. FILE is YAML or
JSON; flags take the place of its fields. Influence is not retrieval accuracy.`,
  options: {
    ...stackOptions,
    query: { value: 'I', says: 'the position that listens, from 0; the last unless told' },
    against: { value: 'FILE', says: 'a measured profile, one number for each position, to score against' },
    'second-moment': { says: 'the second-moment rollout also where its n³ for each head and layer takes long' },
    exact: { value: 'PATH', oneOf: ['frozen', 'full'], says: 'the exact Jacobian of the stack with weights, softmax held fixed (frozen) or derived too (full)' },
    weights: { value: 'FILE', says: 'weights for --exact: X, V, O, and Q, K or neither; random ones unless told' },
    values: { value: 'KIND', oneOf: ['random', 'coherent'], says: 'random values: independent entries (random), or V·O = I/heads (coherent)' },
    scores: { value: 'FROM', oneOf: ['content', 'positions'], says: 'random queries and keys add to scores (content), or positions alone make them' },
    dimension: { value: 'D', says: 'of random weights, 32 unless told' },
    seeds: { value: 'S,…', says: 'of random weights, 1,2,3 unless told' },
    gradient: { says: 'what moves the valley: derivatives of the U-index by every parameter' },
    ...designOptions,
    'other-inputs': { says: 'the exact Jacobian also for another input with the same random weights' },
    json: { says: 'the report as JSON' },
    out: { short: 'o', value: 'FOLDER', says: 'write report.json, report.md, figures and the design there' },
  },
  examples: [
    'ricci study position-bias --layers 12 --heads 4 --positions alibi --residual 0.1',
    'ricci study position-bias bloom.yaml --against measured.csv -o out',
    'ricci study position-bias --layers 12 --heads 4 --residual 0.1 --exact full --dimension 64',
    'ricci study position-bias --layers 12 --heads 4 --positions alibi --residual 0.1 --gradient --design slopes --recency-at-least 0.5',
  ],
  run: async (given, io): Promise<ExitCode> => {
    const [path, extra] = given.words;
    if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one word too many`, 'give one file with a description');
    needExact(given);
    const wished = designFrom(given);
    const out = given.last('out');
    if (out !== undefined) requireFolder(out);
    const description = await descriptionFrom(path, given);
    const against = given.last('against');
    const query = numberOf(given, 'query');
    const bias = positionBias(description, {
      ...(query !== undefined && { query }),
      ...(against !== undefined && { measured: (await arrayFrom(against)).data }),
      ...(given.has('second-moment') && { secondMoment: true }),
    });
    const made = wished && design(bias.stack, { ...wished, query: bias.query });
    const designed = made && positionBias(made.stack, { query: bias.query, secondMoment: false, depths: false });
    const further = joined([...(given.has('gradient') ? [sensitivityParts(sensitivity(bias.stack, bias.query))] : []), ...(await exactOf(bias, given, io)), ...(made && designed ? [designParts(made, designed)] : [])]);
    const report = positionBiasReport(bias, commandOf(given), further);
    const written = out === undefined ? [] : writeReport(out, report, designed && new Map([['design.json', `${JSON.stringify(describeStack(designed.stack), undefined, 1)}\n`]]));
    io.out(given.has('json') ? reportJson(report) : answerText(report, bias, io.paint, written));
    return 0;
  },
};

/** Options that mean nothing without `--exact` are not passed over in silence. */
function needExact(given: Given): void {
  const lonely = ['weights', 'values', 'scores', 'dimension', 'seeds', 'other-inputs'].find((name) => given.has(name));
  if (lonely !== undefined && !given.has('exact')) throw new UsageError(`--${lonely} is for the exact Jacobian`, `add --exact full, or leave --${lonely} out`);
}

async function exactOf({ stack, query }: PositionBias, given: Given, io: Io): Promise<Further[]> {
  const path = given.last('exact') as 'frozen' | 'full' | undefined;
  if (path === undefined) return [];
  const file = given.last('weights');
  const values = given.last('values') as 'random' | 'coherent' | undefined;
  const dimension = numberOf(given, 'dimension');
  const seeds = given.last('seeds')?.split(',').map(Number);
  if (seeds?.some((s) => !Number.isInteger(s))) throw new UsageError('--seeds are whole numbers', 'write --seeds 1,2,3');
  const weights = file === undefined ? undefined : givenWeights(await arraysFrom(file), stack);
  const line = progressOn(io, 'position-bias');
  const run = (signal: AbortSignal) => exactStudy(stack, {
    query,
    path,
    signal,
    onProgress: line.see,
    ...(values && { values }),
    ...(given.has('scores') && { queries: given.last('scores') === 'content' }),
    ...(dimension !== undefined && { dimension }),
    ...(seeds && { seeds }),
    otherInputs: given.has('other-inputs'),
    ...(weights && { weights }),
  });
  return [exactParts(await interruptible(run).finally(line.end))];
}

/** The command again, without what it writes and shows. */
function commandOf(given: Given): string {
  const quoted = (text: string): string => (/[\s'"]/.test(text) ? JSON.stringify(text) : text);
  const told = Object.entries(positionBiasCommand.options).flatMap(([name, option]) => (['json', 'out'].includes(name) ? [] : given.all(name).map((value) => `--${name}${option.value === undefined ? '' : ` ${quoted(value)}`}`)));
  return ['ricci study position-bias', ...given.words.map(quoted), ...told].join(' ');
}

function numberOf(given: Given, name: string): number | undefined {
  const text = given.last(name);
  if (text === undefined) return undefined;
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new UsageError(`--${name} is a number`, `write --${name} 16`);
  return Number(text);
}

/** Lists by position are for files; here they are a line of bars each. */
function answerText(report: Report, bias: PositionBias, paint: Paint, written: readonly string[]): string {
  const { rollout, secondMoment, measured } = bias;
  const curves = report.figures.flatMap((f) => (f.kind === 'lines' ? f.series.filter((s) => ['exact Jacobian', 'design'].includes(s.name)) : []));
  const rows: (readonly [string, ArrayLike<number>])[] = [['rollout', rollout], ...(secondMoment ? [['second moment', secondMoment] as const] : []), ...(measured ? [['measured', measured] as const] : []), ...curves.map((c) => [c.name, c.y] as const)];
  const wide = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, values]) => `  ${name.padEnd(wide)}  ${sparkline(values)}`);
  return [reportText(report, paint, ['Profile', 'Valleys', 'λ by layer']), `${paint.bold('Profile')}, by the logarithm\n${lines.join('\n')}`, ...(written.length > 0 ? [written.map((file) => `  written  ${file}`).join('\n')] : [])].join('\n\n');
}
