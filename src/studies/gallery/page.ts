// The page of an entry: its mathematics and models, then what a run found.

import { type Report, plainText, reportMarkdown } from '../harness/report.ts';
import type { EntryInfo, ModelText } from './entry.ts';

/** Markdown; figures are in a folder with the name of the entry, beside the page. */
export function pageMarkdown(info: EntryInfo, report: Report): string {
  const about = [...info.text.map(plainText), '## Models in the language', ...info.models.map(modelMarkdown)];
  return reportMarkdown(report, { about, folder: info.name });
}

/** One line an entry: what is claimed and what became of it. */
export function indexMarkdown(list: readonly (readonly [EntryInfo, Report])[]): string {
  const rows = list.flatMap(([info, { findings }]) => findings.map(({ claim, decision }, k) => `| ${k === 0 ? `[${plainText(info.title)}](${info.name}.md)` : ''} | ${plainText(claim)} | ${plainText(decision.verdict)} |`));
  return [
    '# The gallery: published claims, checked',
    'Each entry takes the central object of a paper, writes it in the language of ricci, lets the engine generate and verify its derivatives, and decides a claim at small scale, with the control without which the number would mislead. Papers are cited for their claims; what is decided is the claim as it is written here, in the setting given on the page, and nothing beyond it.',
    'A page is written by `npm run gallery` from a full run. `ricci gallery run NAME` runs an entry again; the tests run all of them in a smaller form.',
    `| entry | claim | verdict |\n|---|---|---|\n${rows.join('\n')}`,
  ].join('\n\n').concat('\n');
}

function modelMarkdown({ name, says, text, declare, by = [], solve }: ModelText): string {
  const use = solve ? ' Solved as a model.' : by.length > 0 ? ` Derived by ${by.join(', ')}.` : '';
  const declarations = declare === undefined ? '' : `${declare.split(/;\s*/).map((d) => `# ${d}`).join('\n')}\n`;
  return `**${plainText(name)}**: ${plainText(says)}.${use}\n\n\`\`\`ricci\n${declarations}${text}\n\`\`\``;
}
