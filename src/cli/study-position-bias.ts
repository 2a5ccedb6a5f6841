// `ricci study position-bias`: which positions of a sequence an attention stack listens to.

import { positionBias } from '../studies/position-bias/position-bias.ts';
import { positionBiasReport } from '../studies/position-bias/report.ts';
import { reportJson } from '../studies/harness/report.ts';
import { UsageError } from './args.ts';
import type { Command, ExitCode } from './command.ts';
import { reportText, sparkline, writeReport } from './study-report.ts';
import { arrayFrom, descriptionFrom, stackOptions } from './study-stack.ts';

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
    json: { says: 'the report as JSON' },
    out: { short: 'o', value: 'FOLDER', says: 'write report.json, report.md and figures there' },
  },
  examples: [
    'ricci study position-bias --layers 12 --heads 4 --positions alibi --residual 0.1',
    'ricci study position-bias bloom.yaml --against measured.csv -o out',
    'ricci study position-bias --layers 24 --mask window:16 --residual power:0.5:1.2 --json',
  ],
  run: async (given, io): Promise<ExitCode> => {
    const [path, extra] = given.words;
    if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one word too many`, 'give one file with a description');
    const description = await descriptionFrom(path, given);
    const against = given.last('against');
    const query = given.last('query');
    const bias = positionBias(description, {
      ...(query !== undefined && { query: query.trim() === '' ? NaN : Number(query) }),
      ...(against !== undefined && { measured: (await arrayFrom(against)).data }),
      ...(given.has('second-moment') && { secondMoment: true }),
    });
    const report = positionBiasReport(bias);
    const out = given.last('out');
    const written = out === undefined ? [] : writeReport(out, report);
    if (given.has('json')) io.out(reportJson(report));
    else {
      const rows = [['rollout', bias.rollout], ...(bias.secondMoment ? [['second moment', bias.secondMoment] as const] : []), ...(bias.measured ? [['measured', bias.measured] as const] : [])] as const;
      const lines = rows.map(([name, values]) => `  ${name.padEnd(13)}  ${sparkline(values)}`);
      io.out(`${reportText(report, io.paint, ['Profile', 'Valleys'])}\n\n${io.paint.bold('Profile')}, by the logarithm\n${lines.join('\n')}${written.length > 0 ? `\n\n${written.map((file) => `  written  ${file}`).join('\n')}` : ''}`);
    }
    return 0;
  },
};
