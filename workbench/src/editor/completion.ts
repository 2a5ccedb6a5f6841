// Completion: names of the reading with their types, words of the language with signatures, Greek letters.

import { type Completion, type CompletionContext, type CompletionResult, autocompletion } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { Word } from '../engine/words.ts';
import { greek } from '../../../src/lang/name-parts.ts';
import { wordElement } from './hover.ts';
import type { Help, Source } from './help.ts';

export function completion(given: Source): Extension {
  // Right after a letter the engine has not read the text yet, and half a text may have no names: those of before serve.
  let latest: Help | undefined;
  const source: Source = { ...given, help: () => latest };
  return [
    EditorView.updateListener.of(() => {
      const now = given.help();
      if (now && (now.variables.length > 0 || !latest)) latest = now;
    }),
    autocompletion({ override: [(context) => greekAt(context) ?? wordsAt(context, source)], icons: false, maxRenderedOptions: 60 }),
  ];
}

function greekAt(context: CompletionContext): CompletionResult | null {
  const begun = context.matchBefore(/\\[a-zA-Z]*/);
  if (!begun) return null;
  return { from: begun.from, validFor: /^\\[a-zA-Z]*$/, options: Object.entries(greek).map(([name, letter]) => ({ label: `\\${name}`, detail: letter, apply: letter })) };
}

// One letter is a variable more often than the beginning of a word.
const shortest = 2;

function wordsAt(context: CompletionContext, source: Source): CompletionResult | null {
  const begun = context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*/u);
  const length = begun ? begun.to - begun.from : 0;
  if (!context.explicit && length < shortest) return null;
  const from = begun?.from ?? context.pos;
  const options = source.language === 'declarations' ? declarationOptions(context, from, source) : valueOptions(source, context.state.sliceDoc(from, context.pos));
  return { from, validFor: /^[\p{L}\p{N}_]*$/u, options };
}

function valueOptions(source: Source, written: string): Completion[] {
  const help = source.help();
  // The word that is being written has been read as a variable.
  const names = (help?.variables ?? []).filter((v) => v.isDeclared || v.name !== written || isTwice(help, written)).map((v): Completion => ({ label: v.name, detail: `${v.type} ${v.facts}`.trim(), boost: 20 }));
  const known = new Set(names.map((n) => n.label));
  const others = (help?.parts ?? []).flatMap((p) => (p.name !== undefined && (p.is === 'definition' || p.is === 'size') && !known.has(p.name) && known.add(p.name) ? [{ label: p.name, detail: p.is === 'size' ? 'size' : p.type, boost: 10 }] : []));
  const wanted = (w: Word): boolean => w.is === 'function' || source.language === 'model';
  const words = source.words().filter((w) => wanted(w) && !known.has(w.name));
  const filled: Completion[] = source.language === 'expression' ? constants : [];
  return [...names, ...others, ...words.map(wordOption), ...filled];
}

function isTwice(help: Help | undefined, name: string): boolean {
  return (help?.parts ?? []).filter((p) => p.name === name).length > 1;
}

const constants: Completion[] = [
  { label: 'vector(1)', detail: 'all ones, size inferred' },
  { label: 'matrix(1)', detail: 'all ones, size inferred' },
  { label: 'eye', detail: 'unit matrix, size inferred' },
];

function wordOption(w: Word): Completion {
  const [first = ''] = w.signatures;
  const isCall = w.is === 'function';
  return {
    label: w.name,
    detail: isCall ? first.slice(w.name.length) : w.says,
    info: () => wordElement(w),
    boost: w.of === undefined ? 0 : -10,
    ...(isCall && { apply: (view, _, from, to) => view.dispatch({ changes: { from, to, insert: `${w.name}()` }, selection: { anchor: from + w.name.length + 1 }, userEvent: 'input.complete' }) }),
  };
}

/** Before the colon names that are not declared yet, behind it kinds and facts. */
function declarationOptions(context: CompletionContext, from: number, source: Source): Completion[] {
  const line = context.state.doc.lineAt(from);
  const before = line.text.slice(0, from - line.from).split(';').at(-1) ?? '';
  if (!before.includes(':')) {
    return (source.help()?.variables ?? []).filter((v) => !v.isDeclared).map((v) => ({ label: v.name, detail: v.type, apply: `${v.name}: ${v.type}` }));
  }
  const kind = /:\s*(\w+)/.exec(before)?.[1];
  return source
    .words()
    .filter((w) => (kind === undefined ? w.is === 'kind' : w.is === 'fact' && (w.kinds?.includes(kind) ?? true)))
    .map((w) => ({ ...wordOption(w), ...(w.is === 'kind' && { apply: w.signatures[0] ?? w.name }) }));
}
