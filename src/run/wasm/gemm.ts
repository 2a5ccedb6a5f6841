// General matrix product as GotoBLAS does it: blocks packed into panels, a register tile over them.
// Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication"

import { i32, v128 } from './assembler.ts';
import type { Body, FunctionRef, I32, Local, ModuleBuilder, Value } from './assembler.ts';
import type { Lanes } from './lanes.ts';
import { least, locals } from './level1.ts';

/** Rows and vectors of the register tile.  3×3 vectors: 9 sums, 3 of B and 1 of A fit 16 registers. */
export const TILE_ROWS = 3;
const TILE_VECTORS = 3;

export function tileCols(lanes: Pick<Lanes, 'lanes'>): number {
  return TILE_VECTORS * lanes.lanes;
}

/** No tile lies above this diagonal. */
export const WHOLE = 0x3fffffff;

/**
 * `packA`, `packB`: panels of TILE_ROWS rows (tileCols columns), zero-padded, one after the other; A is scaled.
 * `macro`: C += packed A · packed B, leaving out tiles wholly above the diagonal `row + below = col`.
 */
export function emitGemm(module: ModuleBuilder, lanes: Lanes): void {
  emitPack(module, lanes, 'packA', TILE_ROWS);
  emitPack(module, lanes, 'packB', tileCols(lanes));
  emitMacro(module, lanes, emitTile(module, lanes));
  emitSmall(module, lanes);
}

/** C tile += a panel of A times a panel of B.  Pointers in bytes. */
function emitTile(module: ModuleBuilder, lanes: Lanes): FunctionRef<'none'> {
  const { bytes } = lanes;
  const width = tileCols(lanes);
  return module.function(
    'tile',
    { depth: 'i32', a: 'i32', b: 'i32', c: 'i32', cStep: 'i32' },
    'none',
    (body, { depth, a, b, c, cStep }) => {
      const vectors = (): Local<'v128'>[] => Array.from({ length: TILE_VECTORS }, () => body.local('v128'));
      const sums = Array.from({ length: TILE_ROWS }, vectors);
      const row = vectors();
      const factor = body.local('v128');
      body.repeat(() => {
        row.forEach((part, j) => body.set(part, v128.load(b, j * 16)));
        sums.forEach((sumsOfRow, i) => {
          body.set(factor, lanes.loadSplat(a, i * bytes));
          sumsOfRow.forEach((sum, j) => body.set(sum, lanes.madd(factor, row[j]!, sum)));
        });
        body.set(a, i32.add(a, TILE_ROWS * bytes));
        body.set(b, i32.add(b, width * bytes));
        body.set(depth, i32.sub(depth, 1));
        return depth;
      });
      for (const sumsOfRow of sums) {
        sumsOfRow.forEach((sum, j) => body.do(v128.store(c, lanes.add(v128.load(c, j * 16), sum), j * 16)));
        body.set(c, i32.add(c, cStep));
      }
    },
  );
}

function emitMacro(module: ModuleBuilder, lanes: Lanes, tile: FunctionRef<'none'>): void {
  const { bytes, scalar } = lanes;
  const width = tileCols(lanes);
  module.function(
    'macro',
    { rows: 'i32', cols: 'i32', depth: 'i32', a: 'i32', b: 'i32', c: 'i32', cStep: 'i32', edge: 'i32', below: 'i32' },
    'none',
    (body, { rows, cols, depth, a, b, c, cStep, edge, below }) => {
      const [i, j, aPanel, cTile, tileRows, tileWidth] = locals(body, 6) as Six;
      const [aSize, bSize, p, q] = locals(body, 4) as Six;
      body.set(aSize, i32.mul(depth, TILE_ROWS * bytes));
      body.set(bSize, i32.mul(depth, width * bytes));
      body.range(j, 0, cols, width, () => {
        body.set(tileWidth, least(i32.sub(cols, j), width));
        body.set(aPanel, a);
        body.set(cTile, c);
        body.range(i, 0, rows, TILE_ROWS, () => {
          body.set(tileRows, least(i32.sub(rows, i), TILE_ROWS));
          body.if(i32.gtS(i32.add(i32.add(i, below), TILE_ROWS), j), () => {
            body.if(
              i32.and(i32.eq(tileRows, TILE_ROWS), i32.eq(tileWidth, width)),
              () => body.call(tile, depth, aPanel, b, cTile, cStep),
              () => {
                // At the edge the tile is made apart, and the part that exists is added.
                for (let at = 0; at < TILE_ROWS * TILE_VECTORS; at++) body.do(v128.store(edge, v128.zero(), at * 16));
                body.call(tile, depth, aPanel, b, edge, i32.const(width * bytes));
                body.range(p, 0, tileRows, 1, () =>
                  body.range(q, 0, tileWidth, 1, () => {
                    const to = element(cTile, p, cStep, q, bytes);
                    const from = element(edge, p, width * bytes, q, bytes);
                    body.do(scalar.store(to, scalar.add(scalar.load(to), scalar.load(from))));
                  }),
                );
              },
            );
          });
          body.set(aPanel, i32.add(aPanel, aSize));
          body.set(cTile, i32.add(cTile, i32.mul(cStep, TILE_ROWS)));
        });
        body.set(b, i32.add(b, bSize));
        body.set(c, i32.add(c, width * bytes));
      });
    },
  );
}

type Six = [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];

function element(base: I32, row: I32, rowStep: I32, col: I32, colStep: I32): Value<'i32'> {
  return i32.add(i32.add(base, i32.mul(row, rowStep)), i32.mul(col, colStep));
}

/** `across` walks over a panel's width, `along` over the depth of the product; steps in bytes. */
function emitPack(module: ModuleBuilder, lanes: Lanes, name: string, width: number): void {
  const { real, bytes, scalar } = lanes;
  module.function(
    name,
    { count: 'i32', depth: 'i32', scale: real, from: 'i32', across: 'i32', along: 'i32', to: 'i32' },
    'none',
    (body, { count, depth, scale, from, across, along, to }) => {
      const [left, start, k, panel, i] = locals(body, 5) as Six;
      const rows = locals(body, width);
      const scales = body.let(lanes.splat(scale));
      const eachDepth = (step: () => void): void => {
        body.set(k, depth);
        body.while(
          () => k,
          () => {
            step();
            body.set(to, i32.add(to, width * bytes));
            body.set(k, i32.sub(k, 1));
          },
        );
      };
      const vectorsWide = width % lanes.lanes === 0;
      const scattered = (): void => {
        rows.forEach((row, w) => body.set(row, w === 0 ? start : i32.add(rows[w - 1]!, across)));
        eachDepth(() =>
          rows.forEach((row, w) => {
            body.do(scalar.store(to, scalar.mul(scale, scalar.load(row)), w * bytes));
            body.set(row, i32.add(row, along));
          }),
        );
      };
      const contiguous = (): void => {
        body.set(panel, start);
        eachDepth(() => {
          for (let at = 0; at < width * bytes; at += 16)
            body.do(v128.store(to, lanes.mul(scales, v128.load(panel, at)), at));
          body.set(panel, i32.add(panel, along));
        });
      };
      const partial = (): void => {
        body.set(panel, start);
        eachDepth(() => {
          for (let w = 0; w < width; w++) body.do(scalar.store(to, scalar.const(0), w * bytes));
          body.range(i, 0, left, 1, () =>
            body.do(
              scalar.store(
                element(to, i, bytes, 0, 0),
                scalar.mul(scale, scalar.load(element(panel, i, across, 0, 0))),
              ),
            ),
          );
          body.set(panel, i32.add(panel, along));
        });
      };
      body.set(start, from);
      body.set(left, count);
      body.while(
        () => left,
        () => {
          body.if(
            i32.ltU(left, width),
            () => {
              partial();
              body.set(left, i32.const(0));
            },
            () => {
              if (vectorsWide) body.if(i32.eq(across, bytes), contiguous, scattered);
              else scattered();
              body.set(start, i32.add(start, i32.mul(across, width)));
              body.set(left, i32.sub(left, width));
            },
          );
        },
      );
    },
  );
}

/** C += alpha A B for matrices too small to be worth packing; any steps. */
function emitSmall(module: ModuleBuilder, { real, scalar }: Lanes): void {
  const names = ['rows', 'cols', 'depth', 'a', 'aRow', 'aCol', 'b', 'bRow', 'bCol', 'c', 'cRow', 'cCol'] as const;
  const params = Object.fromEntries(names.map((name) => [name, 'i32'])) as Record<(typeof names)[number], 'i32'>;
  module.function('small', { alpha: real, ...params }, 'none', (body: Body, p) => {
    const [i, j, k, aAt, bAt, bStart, cAt] = locals(body, 7) as [...Six, Local<'i32'>];
    const sum = body.local(real);
    body.range(i, 0, p.rows, 1, () => {
      body.set(bStart, p.b);
      body.set(cAt, p.c);
      body.range(j, 0, p.cols, 1, () => {
        body.set(sum, scalar.const(0));
        body.set(aAt, p.a);
        body.set(bAt, bStart);
        body.range(k, 0, p.depth, 1, () => {
          body.set(sum, scalar.add(sum, scalar.mul(scalar.load(aAt), scalar.load(bAt))));
          body.set(aAt, i32.add(aAt, p.aCol));
          body.set(bAt, i32.add(bAt, p.bRow));
        });
        body.do(scalar.store(cAt, scalar.add(scalar.load(cAt), scalar.mul(p.alpha, sum))));
        body.set(bStart, i32.add(bStart, p.bCol));
        body.set(cAt, i32.add(cAt, p.cCol));
      });
      body.set(p.a, i32.add(p.a, p.aRow));
      body.set(p.c, i32.add(p.c, p.cRow));
    });
  });
}
