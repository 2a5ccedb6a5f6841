// The answer of a solve: outcome, values, multipliers, and how well the conditions of optimality hold.

import type { JSX } from 'preact';
import type { Solved, ValueRow } from '../engine/optimize/solve.ts';
import { arrayText } from '../parts/array-text.ts';
import { download } from '../parts/download.ts';

export function Answer({ solved, isOld }: { readonly solved: Solved; readonly isOld: boolean }): JSX.Element {
  const { outcome, isOptimal, says, objective, x, multipliers, proof, kkt, convexity, method, why, iterations, evaluations, seconds, file } = solved;
  const measures = [
    ['stationarity', kkt.stationarity],
    ['feasibility', kkt.primal],
    ['signs of multipliers', kkt.sign],
    ['complementarity', kkt.complementarity],
    ...(kkt.gap ? ([['duality gap', kkt.gap]] as const) : []),
  ] as const;
  return (
    <div class={isOld ? 'stack old' : 'stack'}>
      <h2 class={isOptimal ? 'verdict certified' : 'verdict unknown'}>{outcome}</h2>
      <p>{says}</p>
      <dl class="rows">
        <div>
          <dt>objective</dt>
          <dd class="number">{Number(objective.toPrecision(10))}</dd>
        </div>
        {x.map((row) => (
          <Value key={row.name} name={row.name} row={row} says={row.shape.join('×')} />
        ))}
        {([['multiplier', multipliers], ['proof', proof]] as const).map(([of, rows]) => rows.map((row) => <Value key={`${of} ${row.name}`} name={`${of} ${row.name}`} row={row} />))}
        <div>
          <dt>convexity</dt>
          <dd>{convexity}</dd>
        </div>
        <div>
          <dt>method</dt>
          <dd>
            {method}
            {why !== '' && `, because ${why}`}; {iterations} iterations, {evaluations} evaluations, {seconds.toFixed(2)} s
          </dd>
        </div>
      </dl>
      <table>
        <caption>conditions of optimality, judged by code that shares nothing with the method</caption>
        <thead>
          <tr>
            <th scope="col">condition</th>
            <th scope="col" class="number">scaled</th>
            <th scope="col" class="number">as it stands</th>
          </tr>
        </thead>
        <tbody>
          {measures.map(([name, { scaled, value }]) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="number">{scaled === 0 ? '0' : scaled.toExponential(1)}</td>
              <td class="number">{value === 0 ? '0' : value.toExponential(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <button type="button" onClick={() => download('solution.npz', file as BlobPart, 'application/octet-stream')}>
        download solution.npz
      </button>
    </div>
  );
}

function Value({ name, row: { value, left }, says = '' }: { readonly name: string; readonly row: ValueRow; readonly says?: string }): JSX.Element {
  return (
    <div>
      <dt>
        {name} {says !== '' && <span class="rule">{says}</span>}
      </dt>
      <dd>
        <code class="value">{arrayText(value)}</code>
        {left > 0 && <p class="rule">and {left} more, which are in the file</p>}
      </dd>
    </div>
  );
}
