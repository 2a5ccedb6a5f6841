// What stands under the pointer: what is wrong with it, what it is, and what a word of the language means.

import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import type { PartRow } from '../engine/derive.ts';
import type { Word } from '../engine/words.ts';
import { type Help, type Source, partAt } from './help.ts';
import { placed } from './squiggles.ts';

export function hover(source: Source): Extension {
  return hoverTooltip(
    (view, pos, side) => {
      const help = source.help();
      const text = view.state.doc.toString();
      if (help?.text !== text) return null;
      const found = contentAt(source, help, text, side < 0 ? pos - 1 : pos);
      if (!found) return null;
      // Where there is something to click the tooltip stays around the place; else it is of this very sign.
      const [from, to] = found.stays ?? [pos, pos];
      return { pos: from, end: to, above: false, create: () => ({ dom: found.dom }) };
    },
    { hoverTime: 250 },
  );
}

interface Content {
  readonly dom: HTMLElement;
  readonly stays?: readonly [from: number, to: number];
}

function contentAt(source: Source, help: Help, text: string, at: number): Content | undefined {
  const wrong = help.diagnostics.filter((d) => {
    const [from, to] = placed(d, text.length);
    return d.severity !== 'notice' && from <= at && at < to;
  });
  const part = source.language === 'declarations' ? undefined : partAt(help, at);
  const word = wordAt(text, at);
  const variable = word && help.variables.find((v) => v.name === word.name);
  const known = word && source.words().find((w) => w.name === word.name || w.name === `in ${word.name}`);
  const isWord = known && (part?.is === 'function' || (!variable && part?.name === undefined && (source.language !== 'expression' || known.is === 'function')));
  if (wrong.length === 0 && !part && !variable && !isWord) return undefined;
  const dom = element('div', 'hover');
  for (const d of wrong) dom.append(diagnosticElement(d, source));
  if (part && (part.type !== 'unknown' || wrong.length === 0)) dom.append(partElement(part, text));
  if (variable && (!part || part.name === variable.name)) dom.append(line(part ? variable.origin : `${variable.name}: ${variable.type} ${variable.facts}`.trim(), part ? 'quiet' : 'type'));
  if (isWord) dom.append(wordElement(known));
  const [first] = wrong;
  return { dom, ...(first && { stays: placed(first, text.length) }) };
}

function wordAt(text: string, at: number): { readonly name: string; readonly from: number } | undefined {
  const before = /[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.exec(text.slice(Math.max(0, at - 60), at))?.[0] ?? '';
  const after = /^[\p{L}\p{M}\p{N}_]*/u.exec(text.slice(at, at + 60))?.[0] ?? '';
  return before + after === '' || /^\d/.test(before + after) ? undefined : { name: before + after, from: at - before.length };
}

function partElement({ from, to, is, name, type, facts }: PartRow, text: string): HTMLElement {
  const of = name ?? text.slice(from, to).replaceAll(/\s+/g, ' ');
  const what = is === 'function' ? `${of}(…)` : of.length <= 60 ? of : `${of.slice(0, 59)}…`;
  return line(`${what}: ${is === 'size' ? 'a size' : type}${facts === '' ? '' : ` ${facts}`}`, 'type');
}

export function wordElement({ signatures, says, of }: Word): HTMLElement {
  const dom = element('div');
  for (const signature of signatures) dom.append(line(signature, 'signature'));
  dom.append(line(of === undefined ? says : `${says} (the same as ${of})`, 'says'));
  return dom;
}

function diagnosticElement(d: Diagnostic, source: Source): HTMLElement {
  const dom = element('div', `diagnostic ${d.severity}`);
  dom.append(line(d.message, 'message'));
  for (const [label, text] of [['needed', d.needed], ['found', d.found], ['try', d.help]] as const) if (text !== undefined) dom.append(line(`${label} ${text}`));
  for (const fix of d.fixes ?? []) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = fix.says;
    button.addEventListener('click', () => source.apply(fix));
    dom.append(button);
  }
  return dom;
}

function line(text: string, name = ''): HTMLElement {
  const p = element('p', name);
  p.textContent = text;
  return p;
}

function element(tag: 'div' | 'p', name = ''): HTMLElement {
  const dom = document.createElement(tag);
  if (name !== '') dom.className = name;
  return dom;
}
