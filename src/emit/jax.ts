// JAX: compiled functions in double precision.

import type { Dialect } from './dialect.ts';
import { float, pairs } from './numpy.ts';
import { pythonDialect } from './python.ts';
import { jaxPrelude } from './python-prelude.ts';

export const jax: Dialect = pythonDialect({
  target: 'jax',
  library: 'jnp',
  imports: ['import jax', 'import jax.numpy as jnp', 'import numpy as np', 'from jax.typing import ArrayLike'],
  setup: ['jax.config.update("jax_enable_x64", True)'],
  takes: 'ArrayLike',
  givesArray: 'jax.Array',
  givesNumber: 'jax.Array',
  isArgument: false,
  decorator: ({ isStatic }) => (isStatic.length === 0 ? '@jax.jit' : `@partial(jax.jit, static_argnames=(${isStatic.map((n) => `"${n}"`).join(', ')},))`),
  sentence: 'Every function is compiled when it is first called, and runs in double precision.',
  converted: (name) => `jnp.asarray(${name}, dtype=jnp.float64)`,
  filled: (value, shape) => (typeof value === 'number' ? `jnp.full(${shape}, ${float(value)})` : `jnp.${value}(${shape})`),
  eye: (n) => `jnp.eye(${n})`,
  permuted: (x, order) => `${x}.transpose(${order})`,
  axis: 'axis',
  repeated: (x, shape) => `jnp.broadcast_to(${x}, ${shape})`,
  padded: (x, axis, before, after) => `jnp.pad(${x.code.text}, ${pairs(x.shape.length, axis, `(${before}, ${after})`)})`,
  diagonal: (x) => `jnp.diagonal(${x})`,
  vdot: (a, b) => `jnp.vdot(${a.text}, ${b.text})`,
  wholeGram: true,
  planned: '',
  asArray: (code) => code,
  prelude: jaxPrelude,
});
