// A program to read, copy and download.

import type { JSX } from 'preact';
import { Copy } from './copy.tsx';
import { download } from './download.ts';

export function ProgramText({ path, text }: { readonly path: string; readonly text: string }): JSX.Element {
  const name = path.split('/').at(-1) ?? path;
  return (
    <div class="stack">
      <pre class="program" tabIndex={0} aria-label={`program ${name}`}>
        {text}
      </pre>
      <div class="inline">
        <Copy text={text} what="code" />
        <button type="button" onClick={() => download(name, text)}>
          download {name}
        </button>
      </div>
    </div>
  );
}
