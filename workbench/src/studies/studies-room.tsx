// Studies: structural analyses of architectures and data, and published claims.

import './studies.css';
import type { ComponentType, JSX } from 'preact';
import { type Study, studies } from '../state/document.ts';
import { useWorkbench } from '../state/workbench.ts';
import { CapsulesStudy } from './capsules.tsx';
import { ClaimsStudy } from './claims.tsx';
import { PositionBiasStudy } from './position-bias.tsx';
import { ProbingStudy } from './probing.tsx';

const contents: Readonly<Record<Study, { readonly title: string; readonly of: ComponentType }>> = {
  'position-bias': { title: 'Position bias', of: PositionBiasStudy },
  probing: { title: 'Probing audit', of: ProbingStudy },
  capsules: { title: 'Capsule audit', of: CapsulesStudy },
  claims: { title: 'Claims, checked', of: ClaimsStudy },
};

export function StudiesRoom(): JSX.Element {
  const { document } = useWorkbench();
  const open = document.study.value;
  const Content = contents[open].of;
  return (
    <div class="stack studies">
      <nav class="inline" aria-label="studies">
        {studies.map((study) => (
          <button key={study} type="button" aria-current={study === open ? 'page' : undefined} onClick={() => (document.study.value = study)}>
            {contents[study].title}
          </button>
        ))}
      </nav>
      <h2>{contents[open].title}</h2>
      <Content />
    </div>
  );
}
