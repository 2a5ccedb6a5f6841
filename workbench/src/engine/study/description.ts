// Descriptions as YAML.

import { parse } from 'yaml';
import { RicciError } from '../../../../src/base/diagnostic.ts';

/** The data of a description; throws a diagnostic where it is no YAML. */
export function described(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20 });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new RicciError([{ code: 'bad-description', severity: 'error', message: `the description is no YAML: ${message}`, span: [0, 0], needed: 'fields, one a line, such as layers: 12', help: 'mend that line' }]);
  }
}
