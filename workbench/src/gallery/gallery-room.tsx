// The gallery: the corpus by topic, searchable; one click opens an entry.

import './gallery.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Case } from '../../../src/pipeline/corpus.ts';
import { useWorkbench } from '../state/workbench.ts';
import { type ModelCase, type Topic, loadModels, loadTopics, matches } from './topics.ts';

export function GalleryRoom(): JSX.Element {
  const [topics, setTopics] = useState<readonly Topic[]>([]);
  const [wanted, setWanted] = useState('');
  const [models, setModels] = useState<readonly ModelCase[]>([]);
  useEffect(() => {
    void loadTopics().then(setTopics);
    void loadModels().then(setModels);
  }, []);
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = topics
    .map(({ title, cases }) => ({ title, cases: cases.filter((c) => matches({ ...c, title: `${title} ${c.title}` }, words)) }))
    .filter(({ cases }) => cases.length > 0);
  const foundModels = models.filter(({ name, model }) => words.every((word) => `models ${name} ${model}`.toLowerCase().includes(word)));
  const count = found.reduce((sum, { cases }) => sum + cases.length, foundModels.length);
  return (
    <article class="gallery">
      <div class="inline">
        <label for="search">Search</label>
        <input id="search" type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        <p role="status">{topics.length === 0 ? 'loading' : `${count} entries`}</p>
      </div>
      {topics.length > 0 && count === 0 && <p>Nothing has all of these words. Try one of them, or a function such as logdet.</p>}
      {foundModels.length > 0 && (
        <details open={words.length > 0}>
          <summary>
            <h2>Models</h2> <span class="count">{foundModels.length}</span>
          </summary>
          <ul>
            {foundModels.map((m) => (
              <li key={m.id}>
                <ModelEntry entry={m} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {found.map(({ title, cases }) => (
        <details key={title} open={words.length > 0 || title === found[0]?.title}>
          <summary>
            <h2>{title}</h2> <span class="count">{cases.length}</span>
          </summary>
          <ul>
            {cases.map((c) => (
              <li key={c.line}>
                <Entry entry={c} />
              </li>
            ))}
          </ul>
        </details>
      ))}
    </article>
  );
}

function Entry({ entry: { title, declare, of, by } }: { readonly entry: Case }): JSX.Element {
  const { document } = useWorkbench();
  return (
    <button type="button" onClick={() => document.open({ text: of, declare, by, room: 'derive' })}>
      <span class="title">{title}</span>
      <code>{of}</code>
      <span class="by">by {by.join(', ')}</span>
    </button>
  );
}

function ModelEntry({ entry: { name, model, data, start = {} } }: { readonly entry: ModelCase }): JSX.Element {
  const { document } = useWorkbench();
  const objective = /(?:min|max)\s*(.*)/i.exec(model)?.[1] ?? '';
  return (
    <button type="button" onClick={() => document.open({ model, values: JSON.stringify({ ...data, ...start }), room: 'optimize' })}>
      <span class="title">{name}</span>
      <code>{objective}</code>
    </button>
  );
}
