// The answer to a request that the worker could not finish.

import { unreachable } from '../base/internal.ts';
import { problem } from './request.ts';

export type Refusal = 'time-limit' | 'memory-limit' | 'internal';

export function refuse(line: string, reason: Refusal, detail: string): string {
  return JSON.stringify({ id: idOf(line), ok: false, diagnostics: [diagnosticFor(reason, detail)] });
}

function diagnosticFor(reason: Refusal, detail: string): ReturnType<typeof problem> {
  switch (reason) {
    case 'time-limit':
      return problem('time-limit', 'this request took too long and was given up', {
        needed: `an answer within ${detail}`,
        help: 'ask for less at once (a lower order, smaller values), or allow more time with --limit',
      });
    case 'memory-limit':
      return problem('memory-limit', 'this request needed too much memory and was given up', {
        help: 'ask for less at once: a lower order, or smaller values',
      });
    case 'internal':
      return problem('internal', detail.startsWith('internal:') ? detail : `internal: ${detail}`, {
        help: 'this is a bug of ricci: please report it with the request',
      });
    default:
      return unreachable(reason);
  }
}

function idOf(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? ((value as { id?: unknown }).id ?? null) : null;
  } catch {
    return null;
  }
}
