// The words of the language, for completion and explanation: functions with their signatures, kinds, facts, keywords.

import { kindWords } from '../../../src/lang/declare.ts';
import { keywordWords } from '../../../src/lang/model-sections.ts';
import { factWords } from '../../../src/lang/fact-words.ts';
import { functions } from '../../../src/ops/table.ts';

export interface Word {
  readonly name: string;
  readonly is: 'function' | 'kind' | 'fact' | 'keyword';
  /** Such as `norm2(any) -> scalar`; of other words, how they are written. */
  readonly signatures: readonly string[];
  readonly says: string;
  /** The name it stands for, when it is another spelling. */
  readonly of?: string;
  /** Of a fact: the kinds that may have it. */
  readonly kinds?: readonly string[];
}

export function words(): readonly Word[] {
  return [
    ...functions.flatMap((f): Word[] => {
      const one = (name: string): Word => ({
        name,
        is: 'function',
        signatures: [...new Set(f.forms.map(({ signature }) => signatureText(name, signature)))],
        says: f.needs === undefined ? f.says : `${f.says}; needs ${f.needs}`,
        ...(name !== f.name && { of: f.name }),
      });
      return [f.name, ...(f.aliases ?? [])].map(one);
    }),
    ...kindWords.map(({ name, form, says }): Word => ({ name, is: 'kind', signatures: [form], says })),
    ...factWords.map(({ name, says, kinds }): Word => ({ name, is: 'fact', signatures: [name], says, kinds })),
    ...keywordWords.map(({ name, says }): Word => ({ name, is: 'keyword', signatures: [name], says })),
  ];
}

/** `matrix(n, n) -> scalar` of det is `det(matrix(n, n)) → scalar`. */
function signatureText(name: string, signature: string): string {
  const [left = '', right = ''] = signature.split('->').map((side) => side.trim());
  return `${name}(${left}) → ${right}`;
}
