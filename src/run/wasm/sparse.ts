// Products with a matrix in CSR form: row r has the entries starts[r] … starts[r + 1] - 1 of `cols` and `values`.

import { i32, v128 } from './assembler.ts';
import type { Body, I32, Local, ModuleBuilder, Value } from './assembler.ts';
import type { Lanes } from './lanes.ts';
import { locals } from './level1.ts';

const matrix = { rows: 'i32', starts: 'i32', cols: 'i32', values: 'i32' } as const;
type Matrix = { readonly [K in keyof typeof matrix]: Local<'i32'> };

export function emitSparse(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes, scalar } = lanes;

  /** y += alpha S x */
  module.function('csrGemv', { ...matrix, alpha: real, x: 'i32', y: 'i32' }, 'none', (body, { alpha, x, y, ...S }) => {
    const sums = [0, 1].map(() => body.local(real));
    const { at, end, eachRow, colOf, valueOf } = walk(body, S, bytes);
    eachRow(() => {
      for (const sum of sums) body.set(sum, scalar.const(0));
      const term = (which: number): void => {
        const from = i32.add(x, i32.mul(colOf(which), bytes));
        const product = scalar.mul(scalar.load(valueOf(which)), scalar.load(from));
        body.set(sums[which]!, scalar.add(sums[which]!, product));
      };
      for (const turn of [2, 1]) {
        body.while(
          () => i32.geS(i32.sub(end, at), turn),
          () => {
            for (let which = 0; which < turn; which++) term(which);
            body.set(at, i32.add(at, turn));
          },
        );
      }
      body.do(scalar.store(y, scalar.add(scalar.load(y), scalar.mul(alpha, sums.reduce(scalar.add as Join)))));
      body.set(y, i32.add(y, bytes));
    });
  });

  /** y += alpha Sᵀ x */
  module.function('csrGemvT', { ...matrix, alpha: real, x: 'i32', y: 'i32' }, 'none', (body, { alpha, x, y, ...S }) => {
    const factor = body.local(real);
    const to = body.local('i32');
    const { at, end, eachRow, colOf, valueOf } = walk(body, S, bytes);
    eachRow(() => {
      body.set(factor, scalar.mul(alpha, scalar.load(x)));
      body.while(
        () => i32.ltU(at, end),
        () => {
          body.set(to, i32.add(y, i32.mul(colOf(0), bytes)));
          body.do(scalar.store(to, scalar.add(scalar.load(to), scalar.mul(factor, scalar.load(valueOf(0))))));
          body.set(at, i32.add(at, 1));
        },
      );
      body.set(x, i32.add(x, bytes));
    });
  });

  /** One row of `to` += factor × one row of `from`. */
  const addRow = module.function(
    'csrAddRow',
    { n: 'i32', factor: real, from: 'i32', to: 'i32' },
    'none',
    (body, { n, factor, from, to }) => {
      const splat = body.let(lanes.splat(factor));
      const strip = (vectors: number): void =>
        body.while(
          () => i32.geU(n, vectors * lanes.lanes),
          () => {
            for (let j = 0; j < vectors; j++)
              body.do(v128.store(to, lanes.madd(splat, v128.load(from, j * 16), v128.load(to, j * 16)), j * 16));
            body.set(to, i32.add(to, vectors * 16));
            body.set(from, i32.add(from, vectors * 16));
            body.set(n, i32.sub(n, vectors * lanes.lanes));
          },
        );
      strip(4);
      strip(1);
      body.while(
        () => n,
        () => {
          body.do(scalar.store(to, scalar.add(scalar.load(to), scalar.mul(factor, scalar.load(from)))));
          body.set(to, i32.add(to, bytes));
          body.set(from, i32.add(from, bytes));
          body.set(n, i32.sub(n, 1));
        },
      );
    },
  );

  // C += alpha S B and C += alpha Sᵀ B for dense B and C of `n` columns, rows of neighbouring elements.
  const dense = { n: 'i32', alpha: real, b: 'i32', bStep: 'i32', c: 'i32', cStep: 'i32' } as const;
  for (const name of ['csrGemm', 'csrGemmT'] as const) {
    module.function(name, { ...matrix, ...dense }, 'none', (body, { n, alpha, b, bStep, c, cStep, ...S }) => {
      const factor = body.local(real);
      const { at, end, eachRow, colOf, valueOf } = walk(body, S, bytes);
      eachRow(() => {
        body.while(
          () => i32.ltU(at, end),
          () => {
            body.set(factor, scalar.mul(alpha, scalar.load(valueOf(0))));
            if (name === 'csrGemm') body.call(addRow, n, factor, i32.add(b, i32.mul(colOf(0), bStep)), c);
            else body.call(addRow, n, factor, b, i32.add(c, i32.mul(colOf(0), cStep)));
            body.set(at, i32.add(at, 1));
          },
        );
        if (name === 'csrGemm') body.set(c, i32.add(c, cStep));
        else body.set(b, i32.add(b, bStep));
      });
    });
  }
  emitGram(module, lanes);
}

/** C += Sᵀ N for N with the pattern of S and entries `other`; rows of C `step` bytes apart, of neighbouring elements. */
function emitGram(module: ModuleBuilder, { real, bytes, scalar }: Lanes): void {
  module.function('csrGram', { ...matrix, other: 'i32', c: 'i32', step: 'i32' }, 'none', (body, { other, c, step, ...S }) => {
    const factor = body.local(real);
    const [target, q, to] = locals(body, 3) as [Local<'i32'>, Local<'i32'>, Local<'i32'>];
    const { at, end, eachRow, colOf, valueOf } = walk(body, S, bytes);
    const first = body.local('i32');
    eachRow(() => {
      body.set(first, at);
      body.while(
        () => i32.ltU(at, end),
        () => {
          body.set(factor, scalar.load(valueOf(0)));
          body.set(target, i32.add(c, i32.mul(colOf(0), step)));
          body.set(q, first);
          body.while(
            () => i32.ltU(q, end),
            () => {
              body.set(to, i32.add(target, i32.mul(i32.load(i32.add(S.cols, i32.shl(q, 2))), bytes)));
              const term = scalar.mul(factor, scalar.load(i32.add(other, i32.mul(q, bytes))));
              body.do(scalar.store(to, scalar.add(scalar.load(to), term)));
              body.set(q, i32.add(q, 1));
            },
          );
          body.set(at, i32.add(at, 1));
        },
      );
    });
  });
}

type Join = <T extends Value<'f64' | 'f32'>>(a: T, b: T) => T;

function walk(
  body: Body,
  S: Matrix,
  bytes: number,
): {
  readonly at: Local<'i32'>;
  readonly end: Local<'i32'>;
  readonly eachRow: (step: () => void) => void;
  readonly colOf: (ahead: number) => Value<'i32'>;
  readonly valueOf: (ahead: number) => I32;
} {
  const [row, at, end] = locals(body, 3) as [Local<'i32'>, Local<'i32'>, Local<'i32'>];
  return {
    at,
    end,
    eachRow: (step) => {
      body.set(end, i32.load(S.starts));
      body.range(row, 0, S.rows, 1, () => {
        body.set(at, end);
        body.set(end, i32.load(i32.add(S.starts, i32.shl(row, 2)), 4));
        step();
      });
    },
    colOf: (ahead) => i32.load(i32.add(S.cols, i32.shl(at, 2)), ahead * 4),
    valueOf: (ahead) => i32.add(i32.add(S.values, i32.mul(at, bytes)), ahead * bytes),
  };
}
