// The gallery: the corpus by topic, searchable; one click opens an entry. What is searched for is part of the link.

import './gallery.css';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Case } from '../../../src/pipeline/corpus.ts';
import type { FormulaSource } from '../engine/formulas.ts';
import { Inline } from '../parts/math.tsx';
import { useKept } from '../state/kept.ts';
import { useWorkbench } from '../state/workbench.ts';
import { newFormulas } from './formulas.ts';
import { type ModelCase, type Topic, loadModels, loadTopics, matches } from './topics.ts';

/** A topic with the entries that were found in it. */
interface Found {
  readonly title: string;
  readonly entries: readonly Case[] | readonly ModelCase[];
}

export function GalleryRoom(): JSX.Element {
  const { document } = useWorkbench();
  const [all, setAll] = useState<readonly Found[]>([]);
  useEffect(() => void Promise.all([loadModels(), loadTopics()]).then(([models, topics]) => setAll([{ title: 'Models', entries: models }, ...topics.map(asFound)])), []);
  const { search, topic } = document;
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.map((one) => ({ title: one.title, entries: withWords(one, words) })).filter(({ entries }) => entries.length > 0);
  const isTopic = all.some(({ title }) => title === topic.value);
  const shown = isTopic ? found.filter(({ title }) => title === topic.value) : found;
  const count = shown.reduce((sum, { entries }) => sum + entries.length, 0);
  const first = found.find(({ title }) => title !== 'Models')?.title;
  return (
    <article class="gallery">
      <div class="inline">
        <label for="search">Search</label>
        <input id="search" type="search" value={search.value} onInput={(event) => (search.value = event.currentTarget.value)} />
        <p role="status">{all.length === 0 ? 'loading' : `${count} entries`}</p>
      </div>
      <div class="chips" role="group" aria-label="topics">
        {all.length > 0 && <Chip title="all topics" count={found.reduce((sum, { entries }) => sum + entries.length, 0)} isChosen={!isTopic} choose={() => (topic.value = '')} />}
        {all.map(({ title }) => (
          <Chip key={title} title={title} count={found.find((f) => f.title === title)?.entries.length ?? 0} isChosen={topic.value === title} choose={() => (topic.value = topic.value === title ? '' : title)} />
        ))}
      </div>
      {all.length > 0 && count === 0 && <p>Nothing has all of these words{isTopic && ' in this topic'}. Try one of them, {isTopic && 'all topics, '}or a function such as logdet.</p>}
      {shown.map((one) => (
        <Section key={one.title} found={one} isOpen={words.length > 0 || isTopic || one.title === first} />
      ))}
    </article>
  );
}

function asFound({ title, cases }: Topic): Found {
  return { title, entries: cases };
}

function withWords({ title, entries }: Found, words: readonly string[]): Found['entries'] {
  const isFound = (entry: Case | ModelCase): boolean =>
    'of' in entry ? matches({ ...entry, title: `${title} ${entry.title}` }, words) : words.every((word) => `models ${entry.name} ${entry.model}`.toLowerCase().includes(word));
  return (entries as readonly (Case | ModelCase)[]).filter(isFound) as Found['entries'];
}

function Chip({ title, count, isChosen, choose }: { readonly title: string; readonly count: number; readonly isChosen: boolean; readonly choose: () => void }): JSX.Element {
  return (
    <button type="button" class="chip" aria-pressed={isChosen} disabled={count === 0 && !isChosen} onClick={choose}>
      {title} <span class="count">{count}</span>
    </button>
  );
}

// A search that finds much in every topic would hold up the page.
const most = 12;

/** Its entries are made when it is opened, the first of them at once. */
function Section({ found: { title, entries }, isOpen }: { readonly found: Found; readonly isOpen: boolean }): JSX.Element {
  const [isShown, setIsShown] = useState(isOpen);
  const [count, setCount] = useState(most);
  useEffect(() => setIsShown(isOpen), [isOpen]);
  return (
    <details open={isShown} onToggle={(event) => setIsShown(event.currentTarget.open)}>
      <summary>
        <h2>{title}</h2> <span class="count">{entries.length}</span>
      </summary>
      {isShown && (
        <ul>
          {entries.slice(0, count).map((entry, i) => (
            <li key={i}>{'of' in entry ? <Entry entry={entry} /> : <ModelEntry entry={entry} />}</li>
          ))}
        </ul>
      )}
      {isShown && entries.length > count && (
        <button type="button" onClick={() => setCount(entries.length)}>
          show all {entries.length} of {title}
        </button>
      )}
    </details>
  );
}

function Entry({ entry: { title, declare, of, by } }: { readonly entry: Case }): JSX.Element {
  const { document } = useWorkbench();
  return (
    <button type="button" onClick={() => document.open({ ...document.snapshot.peek(), text: of, declare, by, room: 'derive' })}>
      <span class="title">{title}</span>
      <SeenFormula text={of} declare={declare} />
      <code>{of}</code>
      <span class="by">by {by.join(', ')}</span>
    </button>
  );
}

function ModelEntry({ entry: { name, model, data, start = {} } }: { readonly entry: ModelCase }): JSX.Element {
  const { document } = useWorkbench();
  const [, sense = 'min', objective = ''] = /\b(min|max)\s*(.*)/i.exec(model) ?? [];
  return (
    <button type="button" onClick={() => document.open({ ...document.snapshot.peek(), model, values: JSON.stringify({ ...data, ...start }), draw: undefined, room: 'optimize' })}>
      <span class="title">{name}</span>
      <SeenFormula model={model} />
      <code>{objective}</code>
      <span class="by">{sense.toLowerCase() === 'max' ? 'maximised' : 'minimised'}</span>
    </button>
  );
}

/** The formula of an entry, once the entry is seen; its text, which stands below it, is what is read out. */
function SeenFormula(source: FormulaSource): JSX.Element {
  const { side } = useWorkbench();
  const formulas = useKept('gallery formulas', () => newFormulas(side));
  const place = useRef<HTMLSpanElement>(null);
  const [mathml, setMathml] = useState('');
  const key = JSON.stringify(source);
  useEffect(() => {
    let unsubscribe = (): void => {};
    setMathml('');
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((e) => e.isIntersecting)) return;
        watch.disconnect();
        unsubscribe = formulas.of(JSON.parse(key) as FormulaSource).subscribe(setMathml);
      },
      { rootMargin: '200px' },
    );
    watch.observe(place.current!);
    return () => {
      watch.disconnect();
      unsubscribe();
    };
  }, [formulas, key]);
  return (
    <span class="formula-place" aria-hidden="true" ref={place}>
      {mathml !== '' && <Inline mathml={mathml} label="" />}
    </span>
  );
}
