// Why there is no answer: what is wrong with the input, or a defect of ours.

import type { JSX } from 'preact';
import type { Fix } from '../../../src/base/diagnostic.ts';
import type { Failure } from '../engine/protocol.ts';
import { Diagnostics } from './diagnostics.tsx';

export function FailureView({ failure, apply }: { readonly failure: Failure | undefined; readonly apply?: (fix: Fix) => void }): JSX.Element | null {
  if (!failure) return null;
  if (failure.kind === 'diagnostics') return <Diagnostics list={failure.diagnostics} {...(apply && { apply })} />;
  return (
    <p class="diagnostic error" role="alert">
      <strong>internal</strong> {failure.message}; this is a bug of ricci
    </p>
  );
}
