// What the host's WebAssembly can do.

import { assemble, f64x2, v128 } from './assembler.ts';
import type { Body, V128 } from './assembler.ts';
import { engine, instantiate } from './engine.ts';

export interface Features {
  readonly simd: boolean;
  /** Relaxed SIMD may be emitted. */
  readonly relaxed: boolean;
  /** relaxed_madd rounds once.  Without `relaxed` always false. */
  readonly fused: boolean;
}

/**
 * `deterministic` gives up relaxed SIMD, so that every machine computes the same bits: whether relaxed_madd
 * rounds once or twice is the machine's choice.
 */
export function detectFeatures({ deterministic = false }: { readonly deterministic?: boolean } = {}): Features {
  const simd = supports((_, x) => f64x2.mul(x, x));
  const relaxed = simd && !deterministic && supports((_, x) => v128.relaxedSelect64(x, f64x2.relaxedMadd(x, x, x), x));
  return { simd, relaxed, fused: relaxed && fuses() };
}

function probe(make: (body: Body, x: V128) => V128): Uint8Array<ArrayBuffer> {
  return assemble((module) => {
    module.function('probe', { x: 'f64', y: 'f64' }, 'f64', (body, { x, y }) => {
      const both = body.let(f64x2.splat(x));
      return f64x2.lane(make(body, f64x2.replaceLane(both, 1, y)), 0);
    });
  });
}

function supports(make: (body: Body, x: V128) => V128): boolean {
  return engine().validate(probe(make));
}

/** x² - x² rounded is zero unless the product is exact. */
function fuses(): boolean {
  const bytes = probe((body, x) => {
    const square = body.let(f64x2.mul(x, x));
    return f64x2.relaxedMadd(x, x, f64x2.neg(square));
  });
  return instantiate<'probe'>(bytes).probe(1 + Number.EPSILON, 0) !== 0;
}
