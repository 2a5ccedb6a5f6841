// PyTorch: tensors in and out, double precision, on the device of the arguments.

import { level, wrap } from '../ops/spell.ts';
import type { Dialect } from './dialect.ts';
import { float } from './numpy.ts';
import { pythonDialect } from './python.ts';
import { torchPrelude } from './python-prelude.ts';

export const torch: Dialect = pythonDialect({
  target: 'torch',
  library: 'torch',
  imports: ['import numpy as np', 'import torch', 'from torch import Tensor'],
  setup: [],
  takes: 'Tensor',
  givesArray: 'Tensor',
  givesNumber: 'Tensor',
  isArgument: false,
  sentence: 'Tensors in, tensors out, in double precision on the device of the arguments.',
  converted: (name) => `torch.as_tensor(${name}, dtype=torch.float64)`,
  filled: (value, shape, first) => {
    const [make, number] = typeof value === 'number' ? ['full', `, ${float(value)}`] : [value, ''];
    const dims = shape.startsWith('(') || make !== 'full' ? shape : `(${shape},)`;
    return first === undefined ? `torch.${make}(${dims}${number}, dtype=torch.float64)` : `${first}.new_${make}(${dims}${number})`;
  },
  eye: (n, first) => `torch.eye(${n}, dtype=torch.float64${first === undefined ? '' : `, device=${first}.device`})`,
  permuted: (x, order) => `${x}.permute(${order})`,
  axis: 'dim',
  repeated: (x, shape) => `torch.broadcast_to(${x}, ${shape.startsWith('(') ? shape : `(${shape},)`}).clone()`,
  // The pairs run from the last axis to the first.
  padded: (x, axis, before, after) => `torch.nn.functional.pad(${x.code.text}, (${'0, 0, '.repeat(x.shape.length - 1 - axis)}${before}, ${after}))`,
  diagonal: (x) => `torch.diagonal(${x})`,
  vdot: (a, b) => `torch.sum(${wrap(a, level.product)} * ${wrap(b, level.unary)})`,
  wholeGram: true,
  planned: '',
  asArray: (code, first) => `torch.as_tensor(${code}, dtype=torch.float64${first === undefined ? '' : `, device=${first}.device`})`,
  prelude: torchPrelude,
});
