// Colours, by the tokens of the language itself and by what the engine says of its names.

import { type Extension, RangeSetBuilder, StateEffect, type StateEffectType } from '@codemirror/state';
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { unreachable } from '../../../src/base/internal.ts';
import { sectionsOf } from '../../../src/lang/model-sections.ts';
import { type Token, tokenize } from '../../../src/lang/tokens.ts';
import type { Source } from './help.ts';

/** Says that more is known of the names. */
export const namesKnown: StateEffectType<null> = StateEffect.define();

// Longer texts are plain: cutting them into tokens at each keystroke would be felt.
const longest = 20_000;
// A browser lays out a line of thousands of coloured pieces slowly.
const longestLine = 2000;

const classes = ['number', 'name', 'function', 'size', 'kind', 'fact', 'keyword', 'operator', 'string', 'comment'] as const;
type Class = (typeof classes)[number];

const marks = Object.fromEntries(classes.map((c) => [c, Decoration.mark({ class: `is-${c}` })])) as Readonly<Record<Class, Decoration>>;

export function highlighting(source: Source): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = decorated(view, source);
      }
      update(update: ViewUpdate): void {
        const isKnown = update.transactions.some((t) => t.effects.some((e) => e.is(namesKnown)));
        if (update.docChanged || update.viewportChanged || isKnown) this.decorations = decorated(update.view, source);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

function decorated(view: EditorView, source: Source): DecorationSet {
  if (view.state.doc.length > longest) return Decoration.none;
  const text = view.state.doc.toString();
  const { tokens } = tokenize(text);
  const keywords = new Set(source.language === 'model' ? sectionsOf(tokens, []).map((s) => s.span[0]) : []);
  const classOf = classNames(source);
  const builder = new RangeSetBuilder<Decoration>();
  const seen = view.visibleRanges.filter((range) => view.state.doc.lineAt(range.from).length <= longestLine);
  const isSeen = (from: number, to: number): boolean => seen.some((range) => from < range.to && to > range.from);
  let end = 0;
  for (const token of tokens) {
    const [from, to] = token.span;
    if (isSeen(end, to)) {
      comments(text, end, from, builder);
      const c = keywords.has(from) ? 'keyword' : classOf(token);
      // Several tokens may stand for one sign, such as ².
      if (c && to > from && from >= end) builder.add(from, to, marks[c]);
    }
    end = Math.max(end, to);
  }
  return builder.finish();
}

/** What the tokenizer passes over is blank or a comment. */
function comments(text: string, from: number, to: number, builder: RangeSetBuilder<Decoration>): void {
  for (const match of text.slice(from, to).matchAll(/[#%][^\n]*/g)) builder.add(from + match.index, from + match.index + match[0].length, marks.comment);
}

function classNames({ language, help, words }: Source): (token: Token) => Class | undefined {
  const roles = new Map<string, Class>();
  for (const word of words()) if (word.is !== 'keyword' && !(word.is === 'fact' && language === 'expression')) for (const name of word.name.match(/\p{L}[\p{L}\d_]*/gu) ?? []) roles.set(name, word.is);
  for (const part of help()?.parts ?? []) if (part.name !== undefined) roles.set(part.name, part.is === 'function' || part.is === 'size' ? part.is : 'name');
  for (const variable of help()?.variables ?? []) roles.set(variable.name, 'name');
  return (token) => {
    switch (token.kind) {
      case 'number':
      case 'string':
      case 'operator':
        return token.kind;
      case 'name':
        return roles.get(token.text) ?? 'name';
      case 'newline':
      case 'end':
        return undefined;
      default:
        return unreachable(token.kind);
    }
  };
}
