// Every case of the corpus: its type, its text, its check, and that what is printed reads back.
//
// UPDATE_CORPUS=1 writes the answers anew (those of required-forms.txt stay as they are asked for).

import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { type Derivation, derive, readOrThrow } from '../src/pipeline.ts';
import { typeText } from '../src/pipeline/type-text.ts';
import { inContext, newContext } from '../src/ir/expr.ts';
import { read } from '../src/lang/read.ts';
import { indexText, toLatex, toText, write } from '../src/lang/write.ts';
import { checkEqual } from '../src/run/check.ts';
import { normal } from '../src/simplify/pipelines.ts';
import { type Answers, type Case, casesOf, corpus, corpusFiles, writeCases } from './corpus.ts';

const isUpdate = process.env['UPDATE_CORPUS'] !== undefined;
const asked = 'required-forms.txt';

function answersOf(d: Derivation, wanted: Answers): Record<string, string> {
  const answers: Record<string, string> = {
    type: typeText(d.shown.shape, d.orientation),
    derivative: toText(write(d.shown, { orientation: d.orientation })),
  };
  if (wanted['normal'] !== undefined) answers['normal'] = toText(write(normal(d.derivative)));
  if (d.domain.needs.length > 0) answers['needs'] = d.domain.needs.join(', ');
  if (d.domain.excluded.length > 0) answers['excluded'] = d.domain.excluded.join(', ');
  return answers;
}

function expectReadsBack(d: Derivation): void {
  const { variables, functions } = d.reading;
  const text = toText(write(d.shown));
  const back = read(text, { variables, functions, expect: d.shown.shape });
  expect(
    back.diagnostics.filter((x) => x.severity === 'error'),
    `reading back ${text}`,
  ).toEqual([]);
  expect(back.expr && normal(back.expr), `reading back ${text}`).toBe(normal(d.shown));

  const indices = indexText(d.shown);
  const again = read(indices, { variables, functions, expect: d.shown.shape });
  expect(
    again.diagnostics.filter((x) => x.severity === 'error'),
    `reading back ${indices}`,
  ).toEqual([]);
  const isSame = again.expr && (normal(again.expr) === normal(d.shown) || checkEqual(again.expr, d.shown).equal);
  expect(isSame, `reading back ${indices}`).toBe(true);

  expect(toLatex(write(d.shown, { orientation: d.orientation })).length).toBeGreaterThan(0);
}

/** x.*y and y.*x are the same form: the characters of both are compared. */
function upToOrder(answers: Answers): Answers {
  return { ...answers, derivative: [...(answers['derivative'] ?? '')].sort().join('') };
}

const updated = new Map<string, Case[]>();

describe.each(corpusFiles())('%s', (file) => {
  const cases = casesOf(file);
  test.each(cases.map((c) => [`${c.line}: ${c.title}`, c] as const))('%s', (_, c) => {
    inContext(newContext(), () => {
      const d = derive(c.of, { by: c.by, declare: c.declare });
      const answers = answersOf(d, c.answers);
      if (isUpdate) {
        const kept =
          file === asked && c.answers['derivative'] !== undefined
            ? { ...answers, derivative: c.answers['derivative'] }
            : answers;
        updated.set(file, [...(updated.get(file) ?? []), { ...c, answers: kept }]);
      } else if (file === asked) expect(upToOrder(answers)).toEqual(upToOrder(c.answers));
      else expect(answers).toEqual(c.answers);
      expectReadsBack(d);
    });
  });
  afterAll(() => {
    // A file is rewritten only when every one of its cases has an answer.
    const done = updated.get(file) ?? [];
    if (isUpdate)
      writeCases(
        file,
        cases.map((c) => done.find((x) => x.line === c.line) ?? c),
      );
  });
});

test('titles are different, and every acceptance case is there', () => {
  const titles = corpus().map((c) => c.title);
  expect(titles.filter((t, i) => titles.indexOf(t) !== i)).toEqual([]);
  expect(titles.filter((t) => /\([A-I]\d+\)$/.test(t)).length).toBe(124);
});

test('declarations of the corpus are read without a word', () => {
  for (const c of corpus())
    inContext(newContext(), () =>
      expect(readOrThrow(c.of, c.declare).diagnostics.filter((d) => d.severity === 'warning')).toEqual([]),
    );
});
