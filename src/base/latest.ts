/** Values by key, of which the latest used are kept. */
export interface Latest<T> {
  readonly get: (key: string) => T | undefined;
  readonly set: (key: string, value: T) => void;
}

export function newLatest<T>(most: number): Latest<T> {
  const kept = new Map<string, T>();
  const set = (key: string, value: T): void => {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
  };
  return {
    get: (key) => {
      const found = kept.get(key);
      if (found !== undefined) set(key, found);
      return found;
    },
    set,
  };
}
