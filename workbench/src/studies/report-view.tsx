// A report of any study: what it says, claimed beside measured, figures, tables.

import './studies.css';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Figure } from '../../../src/studies/harness/figure.ts';
import { type Cell, type Finding, type Report, type Table, reportJson, reportMarkdown } from '../../../src/studies/harness/report.ts';
import { figureFile, figureSvg } from '../../../src/studies/harness/svg.ts';
import { neededText, numberText } from '../../../src/studies/harness/verdict.ts';
import { tableText } from '../parts/table-text.ts';
import { download } from '../parts/download.ts';

/** Tables named in `first` stand open before the figures. */
export function ReportView({ report, first = [] }: { readonly report: Report; readonly first?: readonly string[] }): JSX.Element {
  const { title, says, findings, figures, tables, warnings, notTried, sources, command, study } = report;
  const name = study.replaceAll('/', '-');
  return (
    <article class="stack report" aria-label={`report: ${title}`}>
      <p class="says">{says}</p>
      {warnings.map((warning, i) => (
        <p key={i} class="diagnostic warning">
          <strong>warning</strong> {warning}
        </p>
      ))}
      {findings.map((finding, i) => (
        <FindingView key={i} finding={finding} />
      ))}
      {tables.filter((table) => first.includes(table.name)).map((table) => (
        <TableView key={table.name} table={table} isOpen />
      ))}
      <div class="figures">
        {figures.map((figure) => (
          <FigureView key={figure.name} figure={figure} />
        ))}
      </div>
      {tables.filter((table) => !first.includes(table.name)).map((table) => (
        <TableView key={table.name} table={table} isOpen={false} />
      ))}
      <List title="not tried, and so not claimed" items={notTried} />
      <List title="sources" items={sources} />
      {command !== undefined && (
        <p>
          The same in a terminal: <code>{command}</code>
        </p>
      )}
      <div class="inline">
        <button type="button" onClick={() => download(`${name}.json`, reportJson(report), 'application/json')}>
          download JSON
        </button>
        <button type="button" onClick={() => download(`${name}.md`, reportMarkdown(report), 'text/markdown')}>
          download Markdown
        </button>
      </div>
    </article>
  );
}

function FindingView({ finding: { claim, decision, control, remark } }: { readonly finding: Finding }): JSX.Element {
  return (
    <section class={`finding ${decision.verdict === 'holds' ? 'certified' : decision.verdict === 'does not hold here' ? 'neither' : 'unknown'}`}>
      <p>{claim}</p>
      <h3>{decision.verdict}</h3>
      <ul>
        {decision.tests.map((test) => (
          <li key={test.what}>
            {test.what}: <strong>{numberText(test.value)}</strong> <span class="rule">needed {neededText(test.needed)}</span>
          </li>
        ))}
      </ul>
      {control !== undefined && <p>Control: {control}</p>}
      {remark !== undefined && <p class="rule">{remark}</p>}
    </section>
  );
}

const svgNamespace = 'http://www.w3.org/2000/svg';

function FigureView({ figure }: { readonly figure: Figure }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const parsed = new DOMParser().parseFromString(figureSvg(figure), 'image/svg+xml').documentElement;
    // Parsed as XML, and nothing but a drawing is taken over.
    place.current?.replaceChildren(...(parsed.namespaceURI === svgNamespace && parsed.localName === 'svg' ? [parsed] : []));
  }, [figure]);
  return (
    <figure>
      <div ref={place} />
      <figcaption>
        {figure.says}{' '}
        <button type="button" class="small" aria-label={`SVG of the figure ${figure.title}`} onClick={() => download(`${figure.name}.svg`, figureFile(figure), 'image/svg+xml')}>
          SVG
        </button>
      </figcaption>
    </figure>
  );
}

const mostRows = 40;

function TableView({ table: { name, says, columns, rows }, isOpen }: { readonly table: Table; readonly isOpen: boolean }): JSX.Element {
  const isNumber = columns.map((_, k) => rows.every((row) => row[k] === undefined || typeof row[k] === 'number'));
  return (
    <details open={isOpen}>
      <summary>
        <h3>{name}</h3> <span class="rule">{rows.length} rows</span>
      </summary>
      <p>
        {says}{' '}
        <button type="button" class="small" aria-label={`CSV of the table ${name}`} onClick={() => download(`${name}.csv`, tableText([columns, ...rows]), 'text/csv')}>
          CSV
        </button>
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label={name}>
        <table>
          <thead>
            <tr>
              {columns.map((column, k) => (
                <th key={column} scope="col" class={isNumber[k] ? 'number' : ''}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostRows).map((row, i) => (
              <tr key={i}>
                {row.map((cell, k) => (
                  <td key={k} class={isNumber[k] ? 'number' : ''}>
                    {cellText(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > mostRows && <p>The first {mostRows} rows; all are in the downloads.</p>}
    </details>
  );
}

function cellText(cell: Cell): string {
  return typeof cell === 'number' ? numberText(cell) : String(cell ?? '');
}

function List({ title, items }: { readonly title: string; readonly items: readonly string[] }): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <section>
      <h4>{title}</h4>
      <ul>
        {items.map((item, i) => (
          <li key={i}>{item}</li>
        ))}
      </ul>
    </section>
  );
}
