// The numbers of the model: typed, dropped as files, or drawn.

import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ModelAnswer } from '../engine/optimize/model.ts';
import { useWorkbench } from '../state/workbench.ts';

export function DataPanel({ files, answer }: { readonly files: Signal<readonly File[]>; readonly answer: ModelAnswer | undefined }): JSX.Element {
  const { document } = useWorkbench();
  const [isOver, setIsOver] = useState(false);
  const draw = document.draw.value;
  const add = (list: FileList | null | undefined): void => void (files.value = [...files.value.filter((f) => ![...(list ?? [])].some((g) => g.name === f.name)), ...(list ?? [])]);
  return (
    <div class="stack data">
      <label for="model-values">Values as JSON, or name = array as NumPy, MATLAB or CSV write it; those of variables are start values</label>
      <textarea id="model-values" rows={3} spellcheck={false} value={document.values.value} placeholder={'{"c": 0.5}\nb = [1 2 3]'} onInput={(event) => (document.values.value = event.currentTarget.value)} />
      <div
        class={isOver ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          add(event.dataTransfer?.files);
        }}
      >
        <label for="model-files">Drop data files here (.npz .npy .csv .svm .mtx .parquet .json), or choose them: </label>
        <input id="model-files" type="file" multiple accept=".npz,.npy,.csv,.tsv,.txt,.svm,.libsvm,.mtx,.parquet,.json" onChange={(event) => add(event.currentTarget.files)} />
      </div>
      <div class="inline">
        <button type="button" onClick={() => (document.draw.value = { seed: (draw?.seed ?? 0) + 1, sizes: draw?.sizes ?? {} })}>
          {draw ? 'draw others' : 'draw what is missing'}
        </button>
        {draw && (
          <button type="button" class="quiet" onClick={() => (document.draw.value = undefined)}>
            draw nothing
          </button>
        )}
        {draw &&
          Object.entries(answer?.sizes ?? {}).map(([name, size]) => (
            <label key={name}>
              {name}{' '}
              <input
                class="size"
                type="number"
                min="1"
                max="10000"
                value={size}
                onChange={(event) => {
                  const wanted = Math.round(Number(event.currentTarget.value));
                  if (wanted >= 1 && wanted <= 10_000) document.draw.value = { ...draw, sizes: { ...draw.sizes, [name]: wanted } };
                }}
              />
            </label>
          ))}
      </div>
      {(answer?.sources.length ?? 0) > 0 && (
        <ul class="sources" aria-label="data">
          {answer?.sources.map(({ name, shape, from }) => (
            <li key={name}>
              <code>{name}</code> {shape.length === 0 ? 'a number' : shape.join('×')}, {from}
            </li>
          ))}
        </ul>
      )}
      {files.value.map((file) => (
        <p key={file.name} class="inline">
          {file.name}
          <button type="button" class="quiet" aria-label={`leave out ${file.name}`} onClick={() => (files.value = files.value.filter((f) => f !== file))}>
            ✕
          </button>
        </p>
      ))}
    </div>
  );
}
