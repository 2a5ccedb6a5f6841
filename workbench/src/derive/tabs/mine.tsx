// Check mine: the user's own derivative beside ours, and where and how it differs.

import './mine.css';
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import type { Fix } from '../../../../src/base/diagnostic.ts';
import { edited } from '../../../../src/lang/fixes.ts';
import type { Nested } from '../../../../src/ops/reference/dense.ts';
import type { Mine, MineQuestion, Point } from '../../engine/mine.ts';
import { Editor } from '../../editor/editor.tsx';
import type { Help } from '../../editor/help.ts';
import { Diagnostics } from '../../parts/diagnostics.tsx';
import { Formula } from '../../parts/math.tsx';
import { asking } from '../../state/asked.ts';
import { useWorkbench } from '../../state/workbench.ts';

export function MineTab(): JSX.Element {
  const { document, side, settled, latest } = useWorkbench();
  const question = useComputed((): MineQuestion | undefined => {
    const about = settled.value;
    return about && { ...about, mine: document.mine.value };
  });
  const asked = useMemo(() => asking(side, 'mine', question), [side, question]);
  useEffect(() => asked.dispose, [asked]);
  const { answer, isOld, failure } = asked.state.value;
  const apply = useCallback(({ edits }: Fix) => (document.mine.value = edited(document.mine.peek(), edits)), [document]);
  const help = useComputed((): Help | undefined => {
    const state = asked.state.value;
    if (!state.answer || state.isOld) return undefined;
    return { text: document.mine.peek(), diagnostics: state.answer.diagnostics, parts: [], variables: latest.value?.variables ?? [] };
  });
  const by = settled.value?.by ?? [];
  return (
    <div class="mine">
      <p>Write the derivative {by.length > 0 && `by ${by.join(', ')} `}as you have it; it is compared with ours as you type.</p>
      <Editor text={document.mine} label="your derivative" hint="2*A'*(A*x-y)" language="expression" help={help} apply={apply} />
      {failure && <Diagnostics list={failure.kind === 'diagnostics' ? failure.diagnostics : [{ code: 'internal', severity: 'error', message: failure.message, span: [0, 0] }]} />}
      {answer && (
        <div class={isOld ? 'old' : ''}>
          <Diagnostics list={answer.diagnostics} apply={apply} />
          <Verdict answer={answer} />
        </div>
      )}
    </div>
  );
}

function Verdict({ answer: { ours, theirs, verdict } }: { readonly answer: Mine }): JSX.Element {
  return (
    <>
      {verdict && (
        <p role="status" class={verdict.isEqual ? 'verdict right' : 'verdict wrong'}>
          {verdict.isEqual ? (
            <>
              <strong>equal</strong> {verdict.because}
            </>
          ) : (
            <>
              <strong>not equal</strong> {verdict.slip ?? 'no common slip explains it'}
            </>
          )}
        </p>
      )}
      <div class="pair">
        <figure>
          <figcaption>ours</figcaption>
          <Formula mathml={ours.mathml} label={`ours: ${ours.text}`} />
        </figure>
        {theirs && (
          <figure>
            <figcaption>yours</figcaption>
            <Formula mathml={theirs.mathml} label={`yours: ${theirs.text}`} />
          </figure>
        )}
      </div>
      {verdict?.isEqual === false && verdict.point && <Difference point={verdict.point} />}
    </>
  );
}

function Difference({ point }: { readonly point: Point }): JSX.Element {
  return (
    <section aria-label="where they differ">
      <h3>they differ at</h3>
      <div class="numbers">
        {point.values.map(({ name, value }) => (
          <Numbers key={name} name={name} value={value} />
        ))}
      </div>
      <h3>where the values are</h3>
      <div class="numbers">
        <Numbers name="ours" value={point.ours} />
        <Numbers name="yours" value={point.theirs} than={point.ours} />
      </div>
    </section>
  );
}

interface NumbersProps {
  readonly name: string;
  readonly value: Nested;
  /** Entries that are not these stand out. */
  readonly than?: Nested;
}

function Numbers({ name, value, than }: NumbersProps): JSX.Element {
  const grids = slices(value);
  const others = than === undefined ? undefined : slices(than);
  return (
    <div class="array">
      <span class="label">{name}</span>
      <div class="scroll">
        {grids.map((rows, s) => (
          <table key={s} aria-label={name}>
            <tbody>
              {rows.map((row, i) => (
                <tr key={i}>
                  {row.map((x, j) => {
                    const other = others?.[s]?.[i]?.[j];
                    const isOther = other !== undefined && Math.abs(x - other) > 1e-9 * Math.max(1, Math.abs(x), Math.abs(other));
                    return (
                      <td key={j} class={isOther ? 'number other' : 'number'}>
                        {shortNumber(x)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </div>
  );
}

/** A number is one entry, a vector a column; beyond matrices one grid for each pair of the last axes. */
function slices(value: Nested): number[][][] {
  if (typeof value === 'number') return [[[value]]];
  const [first] = value;
  if (first === undefined) return [];
  if (typeof first === 'number') return [value.map((x) => [x as number])];
  if (typeof first[0] === 'number') return [value as unknown as number[][]];
  return value.flatMap(slices);
}

function shortNumber(x: number): string {
  return Number(x.toPrecision(4)).toString();
}
