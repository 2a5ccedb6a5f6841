// Help: the language by examples, computed while they are read.

import './help.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Derived } from '../engine/derive.ts';
import { Formula } from '../parts/math.tsx';
import { empty } from '../state/document.ts';
import { useWorkbench } from '../state/workbench.ts';
import { type Example, lessons } from './lessons.ts';

export function HelpRoom(): JSX.Element {
  return (
    <article class="help">
      <h2 class="title">The language in five minutes</h2>
      <p>
        Write an expression and the page derives it, checks the derivative with numbers and shows it as a formula and as code. Everything is computed here, in your browser; nothing is sent
        anywhere.
      </p>
      {lessons.map((lesson) => (
        <section key={lesson.title}>
          <h3>{lesson.title}</h3>
          <p>{lesson.says}</p>
          <ul class="examples">
            {lesson.examples.map((example) => (
              <li key={example.text}>
                <Live example={example} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </article>
  );
}

function Live({ example }: { readonly example: Example }): JSX.Element {
  const { side, document } = useWorkbench();
  const [answer, setAnswer] = useState<Derived>();
  const { text, declare = '', by } = example;
  useEffect(() => {
    const cancel = new AbortController();
    side.ask('derive', { ...empty, text, declare, by }, { signal: cancel.signal }).answer.then(setAnswer, () => {});
    return () => cancel.abort();
  }, [side, text, declare, by]);
  const open = (): void => document.open({ text, declare, by, room: 'derive' });
  return (
    <>
      <p class="says">{example.says}</p>
      <pre tabIndex={0} aria-label={`input: ${example.says}`}>
        <code>{[declare, text].filter((line) => line !== '').join('\n')}</code>
      </pre>
      <div class="live">{answer?.derivative && <Formula mathml={answer.derivative.mathml} label={`derivative by ${by.join(', ')}: ${answer.derivative.text}`} />}</div>
      <button type="button" onClick={open} aria-label={`try it: ${example.says}`}>
        try it
      </button>
    </>
  );
}
