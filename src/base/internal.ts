// Broken invariants, never the user's fault. User text never leads here.

export class InternalError extends Error {
  constructor(message: string) {
    super(`internal: ${message}`);
    this.name = 'InternalError';
  }
}

export function invariant(claim: boolean, message: string): asserts claim {
  if (!claim) throw new InternalError(message);
}

export function unreachable(value: never): never {
  throw new InternalError(`unexpected ${JSON.stringify(value)}`);
}

/** The value, which must be there. For lookups whose key is known to exist. */
export function must<T>(value: T | undefined, what = 'value'): T {
  if (value === undefined) throw new InternalError(`missing ${what}`);
  return value;
}
