// `ricci study capsules`: what lives, dies and freezes in a capsule network, and what its routing is worth.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readArchitecture } from '../studies/capsules/architecture.ts';
import { type AuditOptions, auditCapsules } from '../studies/capsules/audit.ts';
import { readIdx } from '../studies/capsules/idx.ts';
import type { Images } from '../studies/capsules/images.ts';
import { capsulesReport } from '../studies/capsules/report.ts';
import { reportJson } from '../studies/harness/report.ts';
import { type Given, UsageError } from './args.ts';
import type { Command, ExitCode } from './command.ts';
import { interruptible } from './interruptible.ts';
import { progressOn } from './progress-line.ts';
import { reportText, requireFolder, writeReport } from './study-report.ts';

export const capsulesCommand: Command = {
  name: 'capsules',
  usage: 'ricci study capsules [FILE.yaml] [--depth L --sd S | --c C …] [--forecast] [options]',
  says: `Audits a capsule network. Before training: lengths by layer from the mean-field recursion, from a simulation and from the
network itself, its gradient by depth, and the scale to start from. Then it trains the network on generated glyphs (or
images of yours), watches capsules die, and asks what the routing is worth. FILE is YAML or JSON; flags take the place of
its fields.`,
  options: {
    depth: { value: 'L', says: 'routing layers, 3 unless told' },
    capsules: { value: 'N', says: 'capsules of each layer below the top, 16 unless told' },
    dim: { value: 'D', says: 'numbers of a capsule, 8 unless told' },
    classes: { value: 'K', says: 'capsules of the top layer, 10 unless told' },
    side: { value: 'N', says: 'side of the images in pixels, 14 unless told' },
    routing: { value: 'KIND', says: 'agreement or uniform' },
    iterations: { value: 'R', says: 'of the routing, 3 unless told' },
    'stop-gradient': { says: 'no derivatives through the couplings' },
    sd: { value: 'S', says: 'standard deviation of the start values of all matrices, 0.1 unless told' },
    c: { value: 'C', says: 'start values by layers, so that each has this c' },
    bias: { says: 'a vector added before squashing' },
    forecast: { says: 'only what can be said before training' },
    train: { value: 'N', says: 'images to train on, 2000 unless told' },
    test: { value: 'N', says: 'images to test on, 500 unless told' },
    epochs: { value: 'N', says: '12 unless told' },
    batch: { value: 'N', says: 'images a step, 32 unless told' },
    rate: { value: 'R', says: 'of Adam, 0.001 unless told' },
    images: { value: 'FILE', says: 'images in an IDX file, such as those of MNIST' },
    labels: { value: 'FILE', says: 'their labels' },
    sweep: { value: 'L,…', says: 'also train a network for each of these depths and each scale of --scales' },
    scales: { value: 'C,…', says: '0.1,0.3,0.5,0.7,1,1.4,2 unless told' },
    'sweep-epochs': { value: 'N', says: 'for each of these, 8 unless told' },
    seed: { value: 'N', says: '1 unless told' },
    json: { says: 'the report as JSON' },
    out: { short: 'o', value: 'FOLDER', says: 'write report.json, report.md and figures there' },
  },
  examples: ['ricci study capsules --depth 3 --forecast', 'ricci study capsules --depth 3 --sd 0.1 -o out', 'ricci study capsules network.yaml --sweep 1,2,3,5'],
  run: async (given, io): Promise<ExitCode> => {
    const [path, extra] = given.words;
    if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one word too many`, 'give one file with a description');
    const architecture = readArchitecture({ ...(path !== undefined && parsed(path)), ...fieldsOf(given, path) });
    const options = optionsOf(given);
    const out = given.last('out');
    if (out !== undefined) requireFolder(out);
    const line = progressOn(io, 'capsules');
    const audit = await interruptible(async (signal) => auditCapsules(architecture, { ...options, signal, ...(options.forecastOnly !== true && { onProgress: line.see }) }).finally(line.end));
    const report = capsulesReport(audit, commandOf(given, path));
    const written = out === undefined ? [] : writeReport(out, report);
    if (given.has('json')) io.out(reportJson(report));
    else io.out([reportText(report, io.paint, leftOut), ...(written.length > 0 ? [written.map((file) => `  written  ${file}`).join('\n')] : [])].join('\n\n'));
    return 0;
  },
};

// Long; they stand in report.md.
const leftOut = ['While it trained, as described', 'While it trained, at the recommended scale', 'The recursion', 'Scales at the start', 'Parse tree, untrained', 'Parse tree, trained with uniform couplings'];

function parsed(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message.split('\n')[0]}`, 'give a YAML or JSON file that describes a network');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError(`${path} does not describe a network`, 'give fields such as depth: 3 and init: { sd: 0.1 }');
  return value as Record<string, unknown>;
}

/** What is no number stays text, and the check of the description says so under the name of the field. */
function numberOf(text: string): unknown {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

function fieldsOf(given: Given, path: string | undefined): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of ['depth', 'capsules', 'dim', 'classes', 'side']) {
    const text = given.last(name);
    if (text !== undefined) fields[name] = numberOf(text);
  }
  const [kind, iterations, sd, c] = ['routing', 'iterations', 'sd', 'c'].map((name) => given.last(name));
  if (kind !== undefined || iterations !== undefined || given.has('stop-gradient')) fields['routing'] = { ...(path !== undefined && routingOf(path)), ...(kind !== undefined && { kind }), ...(iterations !== undefined && { iterations: numberOf(iterations) }), ...(given.has('stop-gradient') && { gradient: 'stopped' }) };
  if (sd !== undefined || c !== undefined) fields['init'] = { ...(sd !== undefined && { sd: numberOf(sd) }), ...(c !== undefined && { c: numberOf(c) }) };
  if (given.has('bias')) fields['bias'] = true;
  return fields;
}

function routingOf(path: string): object {
  const { routing } = parsed(path);
  return typeof routing === 'object' && routing !== null ? routing : {};
}

function optionsOf(given: Given): AuditOptions {
  const [images, labels] = [given.last('images'), given.last('labels')];
  if ((images === undefined) !== (labels === undefined)) throw new UsageError('images and labels go together', 'give --images FILE and --labels FILE');
  const train = whole(given, 'train', 2000, 8, 1e6);
  const test = whole(given, 'test', 500, 4, 1e6);
  const sweep = given.last('sweep');
  const rate = numberOf(given.last('rate') ?? '0.001');
  if (typeof rate !== 'number' || !(rate > 0 && rate < 1)) throw new UsageError(`--rate cannot be ${JSON.stringify(given.last('rate'))}`, 'give a number between 0 and 1, such as 0.001');
  return {
    train,
    test,
    epochs: whole(given, 'epochs', 12, 1, 10_000),
    batch: whole(given, 'batch', 32, 1, 10_000),
    seed: whole(given, 'seed', 1, 0, 2 ** 31),
    rate,
    forecastOnly: given.has('forecast'),
    ...(images !== undefined && labels !== undefined && { images: idxImages(images, labels, train + test) }),
    ...(sweep !== undefined && { sweep: { depths: list(sweep, 'sweep', (n) => Number.isInteger(n) && n >= 1 && n <= 12, 'whole numbers from 1 to 12'), scales: list(given.last('scales') ?? '0.1,0.3,0.5,0.7,1,1.4,2', 'scales', (n) => n > 0 && n < 100, 'positive numbers'), epochs: whole(given, 'sweep-epochs', 8, 1, 10_000) } }),
  };
}

function whole(given: Given, name: string, otherwise: number, least: number, most: number): number {
  const text = given.last(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`--${name} cannot be ${JSON.stringify(text)}`, `give a whole number from ${least} to ${most}`);
}

function list(text: string, name: string, isGood: (value: number) => boolean, needed: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (values.every(isGood)) return values;
  throw new UsageError(`--${name} cannot be ${JSON.stringify(text)}`, `give ${needed} with commas between them`);
}

function idxImages(images: string, labels: string, most: number): Images {
  const bytes = (path: string): Uint8Array => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new UsageError(`cannot read ${path}: ${(error as Error).message}`, 'give the image and label files of one set');
    }
  };
  return readIdx(bytes(images), bytes(labels), most);
}

function commandOf(given: Given, path: string | undefined): string {
  const flags = Object.keys(capsulesCommand.options).flatMap((name) => {
    if (name === 'json' || name === 'out') return [];
    const value = given.last(name);
    return value !== undefined && value !== '' ? [`--${name} ${value}`] : given.has(name) ? [`--${name}`] : [];
  });
  return ['ricci study capsules', ...(path === undefined ? [] : [path]), ...flags].join(' ');
}
