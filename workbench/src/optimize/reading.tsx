// How the model was understood.

import type { JSX } from 'preact';
import type { ModelView, NameRow } from '../engine/optimize/model.ts';

export function Reading({ reading: { given, wanted, sense, objective, constraints, structure, convexity, method } }: { readonly reading: ModelView }): JSX.Element {
  return (
    <dl class="rows reading">
      {given.length > 0 && (
        <Row label="given">
          <Names list={given} />
        </Row>
      )}
      <Row label="wanted">
        <Names list={wanted} />
      </Row>
      <Row label={sense === 'min' ? 'minimise' : 'maximise'}>
        <code>{objective.text}</code>
        <p class="rule">{[objective.kind, objective.convexity].filter((word, i, all) => all.indexOf(word) === i).join(', ')}</p>
      </Row>
      {constraints.length > 0 && (
        <Row label="subject to">
          {constraints.map((c, i) => (
            <div key={i}>
              <code>{c.text}</code> <span class="rule">{[c.kind, c.convexity].filter((word) => word !== 'affine').join(', ')}</span>
            </div>
          ))}
        </Row>
      )}
      {structure.length > 0 && <Row label="structure">{structure.join('; ')}</Row>}
      <Row label="convex">{convexity}</Row>
      {method && (
        <Row label="method">
          {method.name}, because {method.why}
        </Row>
      )}
    </dl>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: preact.ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Names({ list }: { readonly list: readonly NameRow[] }): JSX.Element {
  return (
    <>
      {list.map(({ name, type, facts, used }) => (
        <div key={name}>
          <code>{name}</code> {type} <span class="rule">{[facts, used ? '' : 'not used'].filter(Boolean).join(', ')}</span>
        </div>
      ))}
    </>
  );
}
