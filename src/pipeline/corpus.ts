// The format of the corpus: cases a mathematician can read, in test/corpus/*.txt. Used by the tests, the benchmark and the
// gallery of the workbench.
//
//   # gradient of a quadratic form
//   A: matrix(n, n)
//   x: vector(n)
//   d x'*A*x / d x
//   ==> type        vector(n)
//   ==> derivative  A*x+A'*x
//   ==> excluded    x = 0

export type Answers = Readonly<Record<string, string>>;

export interface Case {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  /** Declarations, one a line. */
  readonly declare: string;
  readonly of: string;
  readonly by: readonly string[];
  readonly answers: Answers;
}

/** The cases of a file's text. */
export function casesOfText(file: string, text: string): Case[] {
  const cases: Case[] = [];
  const lines = text.split('\n');
  lines.forEach((title, start) => {
    if (!title.startsWith('# ')) return;
    const end = lines.findIndex((line, i) => i > start && line.startsWith('# '));
    const body = lines.slice(start + 1, end < 0 ? undefined : end);
    cases.push(caseOf(file, start + 1, title.slice(2), body));
  });
  return cases;
}

/** A case as it stands in its file. */
export function caseText(c: Case): string {
  const answers = Object.entries(c.answers).map(([key, value]) => `==> ${key.padEnd(10)}  ${value}`);
  return [
    `# ${c.title}`,
    ...(c.declare === '' ? [] : [c.declare]),
    `d ${c.of}${c.by.map((x) => ` / d ${x}`).join('')}`,
    ...answers,
  ].join('\n');
}

// The last `/ d NAME`s are the variables: a quotient cannot end in two names side by side.
const question = /^d (?<of>.*?)(?<by>(?: \/ d \w+)+)$/;

function caseOf(file: string, line: number, title: string, body: readonly string[]): Case {
  const at = body.findIndex((text) => question.test(text));
  const { of, by } = question.exec(body[at] ?? '')?.groups ?? {};
  if (of === undefined || by === undefined) throw new Error(`${file}:${line}: this case has no line \`d EXPR / d x\``);
  const answers: Record<string, string> = {};
  let last = '';
  for (const text of body.slice(at + 1)) {
    const found = /^==> (\w+)\s*(.*)$/.exec(text);
    if (found) {
      last = found[1] ?? '';
      answers[last] = found[2] ?? '';
    } else if (last !== '' && text.trim() !== '') answers[last] += `\n${text}`;
  }
  const declare = body.slice(0, at).filter((text) => text.trim() !== '' && !text.startsWith('%'));
  return { file, line, title, declare: declare.join('\n'), of, by: by.split(' / d ').slice(1), answers };
}
