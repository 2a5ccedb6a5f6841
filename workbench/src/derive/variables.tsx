// The variables of the reading: what is changed here is written into the declarations, which can be edited as text too.

import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { VariableRow } from '../engine/derive.ts';
import { Editor } from '../editor/editor.tsx';
import type { Help } from '../editor/help.ts';
import { steady } from '../state/steady.ts';
import { useWorkbench } from '../state/workbench.ts';
import { useFixes } from './fixes.ts';

const kinds = ['scalar', 'vector', 'matrix', 'tensor'] as const;
// A table of hundreds is laid out for longer than a frame, and nobody reads it.
const atOnce = 40;
const axes = { scalar: 0, vector: 1, matrix: 2, tensor: 3 } as const;

export function Variables(): JSX.Element {
  const { document, current, latest } = useWorkbench();
  const apply = useFixes();
  const help = useComputed((): Help | undefined => {
    const read = current.value;
    return read && { text: document.declare.peek(), parts: [], variables: read.variables, diagnostics: read.diagnostics.filter((d) => d.source === 'declare') };
  });
  const rows = useMemo(() => steady(() => ((current.value?.variables.length ?? 0) > 0 ? current.value : (latest.value ?? current.value))?.variables ?? []), [current, latest]).value;
  const [most, setMost] = useState(atOnce);
  return (
    <section class="variables" aria-labelledby="variables-title">
      <h2 id="variables-title">variables</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col">kind</th>
              <th scope="col">size</th>
              <th scope="col">facts</th>
              <th scope="col">known</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row) => (
              <Row key={row.name} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > most && (
        <button type="button" class="small" onClick={() => setMost(most + atOnce)}>
          show {Math.min(atOnce, rows.length - most)} more of {rows.length}
        </button>
      )}
      <p class="label">declarations</p>
      <Editor text={document.declare} label="declarations" hint="A: matrix(m, n) symmetric" language="declarations" help={help} apply={apply} />
    </section>
  );
}

function Row({ row }: { readonly row: VariableRow }): JSX.Element {
  const { words } = useWorkbench();
  const declare = useDeclare();
  const { name, kind, dims, facts, origin } = row;
  const known = factList(facts);
  const addable = words.value.filter((w) => w.is === 'fact' && w.kinds?.includes(kind) && !known.includes(w.name));
  const withDims = (axis: number, size: string): void => {
    const wanted = size.trim();
    if (wanted !== '' && wanted !== dims[axis]) declare({ ...row, dims: dims.map((d, i) => (i === axis ? wanted : d)) });
  };
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <select
          aria-label={`kind of ${name}`}
          value={kind}
          onChange={(event) => {
            const next = event.currentTarget.value as VariableRow['kind'];
            declare({ name, kind: next, dims: axes[next] === dims.length ? dims : [], facts: '' });
          }}
        >
          {kinds.map((k) => (
            <option key={k} value={k}>
              {k}
            </option>
          ))}
        </select>
      </td>
      <td class="sizes">
        {dims.map((d, axis) => (
          <>
            {axis > 0 && '×'}
            <input key={`${axis} ${d}`} aria-label={`size ${axis + 1} of ${name}`} defaultValue={d} size={Math.max(2, d.length)} onChange={(event) => withDims(axis, event.currentTarget.value)} />
          </>
        ))}
      </td>
      <td class="facts">
        {known.map((fact) => (
          <button key={fact} type="button" class="fact" aria-label={`${name} is ${fact}: take back`} onClick={() => declare({ ...row, facts: known.filter((f) => f !== fact).join(' ') })}>
            {fact} <span aria-hidden="true">×</span>
          </button>
        ))}
        <select aria-label={`add a fact of ${name}`} value="" onChange={(event) => declare({ ...row, facts: `${facts} ${event.currentTarget.value}`.trim() })}>
          <option value="">+</option>
          {addable.map((w) => (
            <option key={w.name} value={w.name} title={w.says}>
              {w.name}
            </option>
          ))}
        </select>
      </td>
      <td class="known">{origin}</td>
    </tr>
  );
}

/** `symmetric pd in (0, 1)` as a list. */
function factList(facts: string): string[] {
  return facts.match(/in \([^)]*\)|in simplex|\S+/g) ?? [];
}

/** Writes one variable anew into the declarations; one after the other, so that none is lost. */
function useDeclare(): (row: Pick<VariableRow, 'name' | 'kind' | 'dims' | 'facts'>) => void {
  const { document, side } = useWorkbench();
  return ({ name, kind, dims, facts }) => {
    const declare = document.declare.peek();
    side.ask('redeclare', { declare, name, kind, dims, facts }).answer.then(
      (text) => {
        if (document.declare.peek() === declare) document.declare.value = text;
      },
      () => {},
    );
  };
}
