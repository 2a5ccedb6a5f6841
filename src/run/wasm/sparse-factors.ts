// L D Lᵀ of a sparse matrix, up-looking: row k solves a triangular system whose pattern is a path set of the elimination
// tree (Davis, Direct Methods for Sparse Linear Systems, ch. 4).

import { f64, i32 } from './assembler.ts';
import type { Body, F64, I32, Local, ModuleBuilder, Value } from './assembler.ts';
import { locals } from './level1.ts';

/** Takes the pivot, or its replacement, which counts. */
export type KeepPivot = (body: Body, pivot: Local<'f64'>, sign: F64, size: F64, replaced: Local<'i32'>) => void;

export function emitSparseFactors(module: ModuleBuilder, kept: KeepPivot): void {
  const int = (base: I32, i: I32): Value<'i32'> => i32.load(i32.add(base, i32.shl(i, 2)));
  const setInt = (body: Body, base: I32, i: I32, value: I32): void => body.do(i32.store(i32.add(base, i32.shl(i, 2)), value));
  const real = (base: I32, i: I32): Value<'i32'> => i32.add(base, i32.shl(i, 3));
  const addTo = (body: Body, at: Local<'i32'>, term: F64, join: (a: F64, b: F64) => Value<'f64'>): void => body.do(f64.store(at, join(f64.load(at), term)));

  const pattern = { upperStarts: 'i32', upperRows: 'i32', source: 'i32', parent: 'i32', starts: 'i32' } as const;
  const work = { next: 'i32', mark: 'i32', found: 'i32', y: 'i32' } as const;
  const out = { rows: 'i32', entries: 'i32', pivots: 'i32', inverse: 'i32' } as const;
  module.function('sparseFactor', { first: 'i32', last: 'i32', n: 'i32', values: 'i32', signs: 'i32', ...pattern, ...work, ...out }, 'i32', (body, p) => {
    const { first: k, last, n, values, signs, upperStarts, upperRows, source, parent, starts, next, mark, found, y, rows, entries, pivots, inverse } = p;
    const [replaced, top, at, end, i, length, to, stop] = locals(body, 8) as [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];
    const [pivot, size, value, term] = [body.local('f64'), body.local('f64'), body.local('f64'), body.local('f64')];
    body.while(
      () => i32.ltS(k, last),
      () => {
        setInt(body, mark, k, k);
        body.set(top, n);
        body.set(pivot, f64.const(0));
        body.set(size, f64.const(0));
        body.set(at, int(upperStarts, k));
        body.set(end, int(upperStarts, i32.add(k, 1)));
        body.while(
          () => i32.ltS(at, end),
          () => {
            body.set(i, int(upperRows, at));
            body.set(value, f64.load(real(values, int(source, at))));
            body.set(at, i32.add(at, 1));
            body.if(
              i32.eq(i, k),
              () => {
                body.set(pivot, f64.add(pivot, value));
                body.set(size, f64.add(size, f64.abs(value)));
              },
              () => {
                body.set(to, real(y, i));
                addTo(body, to, value, f64.add);
                // The path to a node met before goes to the front of the stack, last node first.
                body.setInt(length, 0);
                body.while(
                  () => i32.ne(int(mark, i), k),
                  () => {
                    setInt(body, found, length, i);
                    setInt(body, mark, i, k);
                    body.set(length, i32.add(length, 1));
                    body.set(i, int(parent, i));
                  },
                );
                body.while(
                  () => length,
                  () => {
                    body.set(length, i32.sub(length, 1));
                    body.set(top, i32.sub(top, 1));
                    setInt(body, found, top, int(found, length));
                  },
                );
              },
            );
          },
        );
        body.while(
          () => i32.ltS(top, n),
          () => {
            body.set(i, int(found, top));
            body.set(top, i32.add(top, 1));
            body.set(value, f64.load(real(y, i)));
            body.do(f64.store(real(y, i), f64.const(0)));
            body.set(at, int(starts, i));
            body.set(stop, int(next, i));
            body.while(
              () => i32.ltS(at, stop),
              () => {
                body.set(to, real(y, int(rows, at)));
                addTo(body, to, f64.mul(f64.load(real(entries, at)), value), f64.sub);
                body.set(at, i32.add(at, 1));
              },
            );
            body.set(term, f64.mul(value, f64.load(real(inverse, i))));
            setInt(body, rows, stop, k);
            body.do(f64.store(real(entries, stop), term));
            setInt(body, next, i, i32.add(stop, 1));
            body.set(term, f64.mul(term, value));
            body.set(pivot, f64.sub(pivot, term));
            body.set(size, f64.add(size, f64.abs(term)));
          },
        );
        kept(body, pivot, f64.load(real(signs, k)), size, replaced);
        body.do(f64.store(real(pivots, k), pivot));
        body.do(f64.store(real(inverse, k), f64.div(1, pivot)));
        body.set(k, i32.add(k, 1));
      },
    );
    return replaced;
  });

  module.function('sparseSolve', { n: 'i32', order: 'i32', starts: 'i32', rows: 'i32', entries: 'i32', pivots: 'i32', y: 'i32', x: 'i32' }, 'none', (body, { n, order, starts, rows, entries, pivots, y, x }) => {
    const [k, at, end, to] = locals(body, 4) as [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];
    const value = body.local('f64');
    body.range(k, 0, n, 1, () => body.do(f64.store(real(y, k), f64.load(real(x, int(order, k))))));
    body.range(k, 0, n, 1, () => {
      body.set(value, f64.load(real(y, k)));
      body.if(f64.ne(value, 0), () => {
        body.set(at, int(starts, k));
        body.set(end, int(starts, i32.add(k, 1)));
        body.while(
          () => i32.ltS(at, end),
          () => {
            body.set(to, real(y, int(rows, at)));
            addTo(body, to, f64.mul(f64.load(real(entries, at)), value), f64.sub);
            body.set(at, i32.add(at, 1));
          },
        );
      });
    });
    body.set(k, n);
    body.while(
      () => k,
      () => {
        body.set(k, i32.sub(k, 1));
        body.set(value, f64.div(f64.load(real(y, k)), f64.load(real(pivots, k))));
        body.set(at, int(starts, k));
        body.set(end, int(starts, i32.add(k, 1)));
        body.while(
          () => i32.ltS(at, end),
          () => {
            body.set(value, f64.sub(value, f64.mul(f64.load(real(entries, at)), f64.load(real(y, int(rows, at))))));
            body.set(at, i32.add(at, 1));
          },
        );
        body.do(f64.store(real(y, k), value));
      },
    );
    body.range(k, 0, n, 1, () => body.do(f64.store(real(x, int(order, k)), f64.load(real(y, k)))));
  });
}
