// What a study answers.

import type { Report } from '../../../../src/studies/harness/report.ts';

export interface Study {
  readonly report: Report;
  /** A stack as YAML that may take the place of the one that was asked about. */
  readonly description?: string;
}
