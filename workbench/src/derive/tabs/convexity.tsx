// Convex, concave or neither: the proof as a tree, or the points that refute it.

import './tabs.css';
import type { JSX } from 'preact';
import type { ProofStep } from '../../../../src/pipeline/certify.ts';
import type { Refutation } from '../../engine/convexity.ts';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { Copy } from '../../parts/copy.tsx';
import { useWorkbench } from '../../state/workbench.ts';

export function ConvexityTab(): JSX.Element {
  const state = useAsked('convexity', useWorkbench().settled);
  return (
    <Asked state={state}>
      {({ kind, says, proof, refutations, obstacle }) => (
        <div class="stack">
          <h3 class={`verdict ${kind}`}>{says}</h3>
          {proof.length > 0 && (
            <>
              <p>The proof was replayed by a checker that shares nothing with what found it.</p>
              <Tree steps={proof} />
              <Copy text={proofText(proof)} what="proof" />
            </>
          )}
          {obstacle && (
            <p>
              The proof stopped at <code>{obstacle.expression}</code>: {obstacle.reason}
            </p>
          )}
          {refutations.map((r) => (
            <Refuted key={r.says} refutation={r} />
          ))}
        </div>
      )}
    </Asked>
  );
}

function proofText(steps: readonly ProofStep[], depth = 0): string {
  return steps.map(({ claim, because, steps: rest }) => `${'  '.repeat(depth)}${claim}  (${because})\n${proofText(rest, depth + 1)}`).join('');
}

function Tree({ steps }: { readonly steps: readonly ProofStep[] }): JSX.Element {
  return (
    <ul class="proof">
      {steps.map(({ claim, because, steps: rest }, i) => (
        <li key={i}>
          {rest.length === 0 ? (
            <Claim claim={claim} because={because} />
          ) : (
            <details open>
              <summary>
                <Claim claim={claim} because={because} />
              </summary>
              <Tree steps={rest} />
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

function Claim({ claim, because }: { readonly claim: string; readonly because: string }): JSX.Element {
  return (
    <span class="claim">
      <code>{claim}</code> <span class="rule">{because}</span>
    </span>
  );
}

function Refuted({ refutation: { says, point, direction, difference } }: { readonly refutation: Refutation }): JSX.Element {
  return (
    <section class="stack">
      <h4>{says}</h4>
      <pre tabIndex={0} aria-label={`the point that shows it is ${says}`}>
        {[...point.map(([name, value]) => `${name} = ${value}`), ...direction.map(([name, value]) => `d for ${name} = ${value}`), `difference = ${difference.toPrecision(6)}`].join('\n')}
      </pre>
    </section>
  );
}
