import { expect, test } from 'vitest';
import { readDeclarations } from './declare.ts';
import { factWords } from './fact-words.ts';

test('every fact word can be declared of the kinds it names', () => {
  const sizes = { scalar: '', vector: '(n)', matrix: '(n, n)', tensor: '(i, j, k)' };
  for (const { name, kinds } of factWords) {
    for (const kind of kinds) {
      const { diagnostics, variables } = readDeclarations(`x: ${kind}${sizes[kind]} ${name}`);
      expect(diagnostics, `${kind} ${name}`).toEqual([]);
      const facts = variables[0]?.facts;
      expect((facts?.has.size ?? 0) > 0 || facts?.above !== undefined, `${kind} ${name}`).toBe(true);
    }
  }
});
