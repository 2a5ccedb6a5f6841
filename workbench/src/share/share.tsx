// The link of the page, and the page as a document.

import './share.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type ExportFormat, exportFormats } from '../engine/export-formats.ts';
import { TaskError } from '../engine/protocol.ts';
import { Copy } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { download } from '../parts/download.ts';
import { toLink } from '../state/link.ts';
import { useWorkbench } from '../state/workbench.ts';

export function Share(): JSX.Element {
  const { panel, document } = useWorkbench();
  const snapshot = document.snapshot.value;
  const [link, setLink] = useState('');
  useEffect(() => {
    void toLink(snapshot).then((fragment) => setLink(`${location.origin}${location.pathname}#${fragment}`));
  }, [snapshot]);
  return (
    <Dialog title="Share" onClose={() => (panel.value = undefined)}>
      <div class="stack">
        <label for="link">The whole page is in this link; no server keeps anything of it. Data files are not part of it.</label>
        <div class="link">
          <input id="link" type="text" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          <Copy text={link} what="link" />
        </div>
        <Exports />
      </div>
    </Dialog>
  );
}

function Exports(): JSX.Element {
  const { side, document } = useWorkbench();
  const [said, setSaid] = useState('');
  const write = async (format: ExportFormat): Promise<void> => {
    setSaid('writing');
    try {
      const { name, text } = await side.ask('export', { ...document.question.peek(), format }).answer;
      download(name, text, exportFormats[format].type);
      setSaid(`${name} is written`);
    } catch (error) {
      setSaid(error instanceof TaskError ? `not written: ${error.message}` : String(error));
    }
  };
  return (
    <>
      <h3>Export</h3>
      <div class="inline">
        {Object.entries(exportFormats).map(([format, { title }]) => (
          <button key={format} type="button" onClick={() => void write(format as ExportFormat)}>
            {title}
          </button>
        ))}
        <button type="button" onClick={() => print()}>
          Print
        </button>
      </div>
      <p role="status">{said}</p>
    </>
  );
}
