import { describe, expect, it } from 'vitest';
import { breaches } from '../scripts/imports.ts';

const tree = (files: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(files));

describe('the import law', () => {
  it('lets a room import from the rooms below it and from itself', () => {
    const files = tree({
      'src/cli/main.ts': "import { run } from '../pipeline.ts';",
      'src/pipeline.ts': "import type { Expr } from './ir/expr.ts';\nexport * from './lang/parse.ts';",
      'src/lang/parse.ts': "import { token } from './tokens.ts';\nimport { readFile } from 'node:fs';",
      'src/lang/tokens.ts': '',
      'src/ir/expr.ts': '',
    });
    expect(breaches(files)).toEqual([]);
  });

  it('refuses an import that points up', () => {
    const files = tree({ 'src/ir/expr.ts': "\nimport {\n  table,\n} from '../ops/table.ts';" });
    expect(breaches(files)).toEqual([
      'src/ir/expr.ts:2 imports src/ops/table.ts: `ir` stands below `ops`, and imports point down',
    ]);
  });

  it('refuses an import that points sideways, also of types and at run time', () => {
    const files = tree({
      'src/diff/order.ts': "import type { Rule } from '../simplify/rewrite.ts';",
      'src/emit/numpy.ts': "const run = () => import('../run/interpret.ts');",
    });
    expect(breaches(files)).toEqual([
      'src/diff/order.ts:1 imports src/simplify/rewrite.ts: `diff` and `simplify` stand side by side, and imports point down',
      'src/emit/numpy.ts:1 imports src/run/interpret.ts: `emit` and `run` stand side by side, and imports point down',
    ]);
  });

  it('refuses rooms without a row and files outside the library', () => {
    const files = tree({
      'src/helpers/all.ts': "import { hash } from '../base/hash.ts';",
      'src/run/tensor.ts': "export { close } from '../../test/close.ts';",
    });
    expect(breaches(files)).toEqual([
      'src/helpers/all.ts:1 imports src/base/hash.ts: `helpers` has no row in scripts/imports.ts',
      'src/run/tensor.ts:1 imports test/close.ts: `test` is no room of the library',
    ]);
  });

  it('refuses a circle of files inside a room, and names it once', () => {
    const files = tree({
      'src/ir/expr.ts': "import { key } from './key.ts';",
      'src/ir/key.ts': "import { walk } from './walk.ts';",
      'src/ir/walk.ts': "import type { Expr } from './expr.ts';",
    });
    expect(breaches(files)).toEqual([
      'src/ir/expr.ts -> src/ir/key.ts -> src/ir/walk.ts -> src/ir/expr.ts: these import each other in a circle',
    ]);
  });

  it('leaves test files and quoted code alone', () => {
    const files = tree({
      'src/base/hash.test.ts': "import { parse } from '../lang/parse.ts';",
      'src/base/source.ts': "/** @example\n * import { parse } from '../lang/parse.ts';\n */",
    });
    expect(breaches(files)).toEqual([]);
  });
});
