// Position bias as a task: the profile, scored against a measured one, what moves its valley, and a design without it.

import { stringify } from 'yaml';
import { toDense } from '../../../../src/data/array.ts';
import { readData } from '../../../../src/data/read.ts';
import { RicciError } from '../../../../src/base/diagnostic.ts';
import { type RunOptions, newPace } from '../../../../src/studies/harness/progress.ts';
import { type DesignOptions, type PositionBias, describeStack, design, designParts, positionBias, positionBiasReport, sensitivity, sensitivityParts } from '../../../../src/studies/index.ts';
import { type Further, joined } from '../../../../src/studies/position-bias/report.ts';
import { isRepositoryFormat } from '../../../../src/studies/position-bias/repository.ts';
import { described } from './description.ts';
import type { Study } from './study.ts';

export interface PositionBiasQuestion {
  readonly study: 'position-bias';
  /** YAML or JSON. */
  readonly description: string;
  /** A position from 0, as typed; empty for the last. */
  readonly query: string;
  /** One number a position. */
  readonly measured?: File | undefined;
  /** Also the derivatives of the U-index. */
  readonly gradient?: boolean;
  readonly design?: Pick<DesignOptions, 'vary' | 'goal'>;
}

export async function positionBiasStudy({ description, query, measured, gradient = false, design: wished }: PositionBiasQuestion, options: RunOptions): Promise<Study> {
  const tell = newPace(options).stage('position bias');
  const of = 1 + Number(gradient) + Number(wished !== undefined);
  const source = described(description);
  const profile = measured && (await measuredIn(measured));
  await tell(0, of, 'the profile');
  const bias = positionBias(source, { ...(query.trim() !== '' && { query: Number(query) }), ...(profile && { measured: profile }) });
  const parts: Further[] = [];
  if (gradient) {
    await tell(1, of, 'what moves the valley');
    parts.push(sensitivityParts(sensitivity(bias.stack, bias.query)));
  }
  let designed: PositionBias | undefined;
  if (wished) {
    await tell(of - 1, of, 'the design');
    const made = design(bias.stack, { ...wished, query: bias.query });
    designed = positionBias(made.stack, { query: bias.query, secondMoment: false, depths: false });
    parts.push(designParts(made, designed));
  }
  const translated = designed?.stack ?? (isRepositoryFormat(source) ? bias.stack : undefined);
  return { report: positionBiasReport(bias, undefined, joined(parts)), ...(translated && { description: stringify(describeStack(translated)) }) };
}

async function measuredIn(file: File): Promise<Float64Array> {
  const { whole, arrays } = await readData(file.name, new Uint8Array(await file.arrayBuffer()));
  const found = whole ?? [...arrays.values()][0];
  if (found) return Float64Array.from(toDense(found).data);
  throw new RicciError([{ code: 'bad-value', severity: 'error', message: `${file.name} holds no measured profile`, span: [0, 0], needed: 'one number for each position', found: 'no array', help: 'write one number a line' }]);
}
