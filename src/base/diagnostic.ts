// What a user is told about their input: data here, rendered at the edge (caret text, JSON, underline).

/** Half-open range of UTF-16 offsets in the source text. */
export type Span = readonly [start: number, end: number];

export type Severity = 'error' | 'warning' | 'notice';

/** Which text a span points into: the expression, or the declarations beside it. */
export type Source = 'declare';

export interface Note {
  readonly span: Span;
  readonly text: string;
  /** Absent for the expression itself. */
  readonly source?: Source;
}

/** Text in place of other text. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
  /** Absent for the expression itself. */
  readonly source?: Source;
}

/** What to try, as edits that can be made for the user; `says` is what they would do: "write A'*x". */
export interface Fix {
  readonly says: string;
  readonly edits: readonly Edit[];
}

export interface Diagnostic {
  /** Stable, kebab-case; `ricci explain CODE` and docs/errors/CODE.md tell more. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  readonly span: Span;
  /** Absent for the expression itself. */
  readonly source?: Source;
  /** What was needed and what was found instead. */
  readonly needed?: string;
  readonly found?: string;
  /** What to try. */
  readonly help?: string;
  /** Further places that explain the conflict. */
  readonly notes?: readonly Note[];
  /** Where the engine knows them, the edits that do what `help` says. */
  readonly fixes?: readonly Fix[];
}

/** The usual fix: one edit. */
export function fix(says: string, span: Span, text: string, source?: Source): Fix {
  return { says, edits: [{ span, text, ...(source && { source }) }] };
}

/** Thrown by functions of the public API that return a value; carries every diagnostic found. */
export class RicciError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.severity}[${d.code}]: ${d.message}`).join('\n'));
    this.name = 'RicciError';
    this.diagnostics = diagnostics;
  }
}
