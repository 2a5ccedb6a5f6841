// The function of an emitted file of R that a user runs: derivatives against finite differences at fixed points.

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { ModuleModel, SelfCheck } from './module.ts';
import { sampleSize } from './sample-size.ts';

export function selfCheck(m: ModuleModel): string[][] {
  const s = m.signature;
  const point = [
    ...s.arguments.map((a, k) => `    ${a.name} = ${sampleText(a.variable, k + 1, m)}`),
    ...s.explicit.map((e) => `    ${e.name} = ${must(m.sample.get(e.size))}`),
    ...s.callables.map((c) => `    ${c.name} = ${['sin', 'cos', 'function(x) -sin(x)', 'function(x) -cos(x)'][c.order % 4]}`),
  ];
  return [
    [
      "#' Compares every derivative with finite differences; error where they disagree.",
      'self_check <- function() {',
      '  kinds <- c("any numbers", "positive numbers", "numbers near the identity")',
      '  worst <- numeric(0)',
      '  for (kind in seq_along(kinds)) {',
      '    found <- tryCatch(suppressWarnings(.self_check_at(kind)), error = function(problem) {',
      '      cat(sprintf("at %s: %s\\n", kinds[kind], conditionMessage(problem)))',
      '      NaN',
      '    })',
      '    if (all(is.finite(found))) {',
      '      cat(sprintf("at %s: largest relative error %.1e\\n", kinds[kind], max(found)))',
      '      worst <- c(worst, max(found))',
      '    }',
      '  }',
      '  if (length(worst) == 0) stop("found no point where the derivatives are finite", call. = FALSE)',
      '  if (max(worst) > 1e-6) stop("derivatives and differences disagree", call. = FALSE)',
      '  invisible(max(worst))',
      '}',
    ],
    [
      '# Relative errors of the derivatives along directions at a point.',
      '.self_check_at <- function(kind) {',
      '  point <- list(',
      ...point.map((line, i) => (i === point.length - 1 ? line : `${line},`)),
      '  )',
      '  moved <- function(name, by) {',
      '    point[[name]] <- point[[name]] + by',
      '    point',
      '  }',
      '  errors <- numeric(0)',
      ...m.checks.flatMap((c, k) => checkLines(c, 50 + k, m)),
      '  errors',
      '}',
    ],
    ['if (sys.nframe() == 0L) self_check()'],
  ];
}

function checkLines(c: SelfCheck, salt: number, m: ModuleModel): string[] {
  const { has } = c.by.variable.facts;
  const { shape } = c.by.variable;
  const isDiagonal = shape.length === 2 && has.has('diagonal');
  const drawn = draw(isDiagonal ? shape.slice(0, 1) : shape, salt, m);
  const isMatrix = shape.length === 2 && !isDiagonal;
  const triangle = (zeros: string): string[] => [`  direction[${zeros}.tri(direction)] <- 0`];
  const structured = !isMatrix ? [] : has.has('symmetric') ? ['  direction <- direction + t(direction)'] : has.has('lower') ? triangle('upper') : has.has('upper') ? triangle('lower') : [];
  const by = isDiagonal ? `diag(direction, ${sampleSize(must(shape[0]), m.sample)})` : 'direction';
  const f = must(m.functions.find((g) => g.name === c.derivative));
  const claimed = {
    array: `c(matrix(do.call(${c.derivative}, point), ncol = length(direction)) %*% c(direction))`,
    product: `do.call(${c.derivative}, c(point, list(${must(f.signature.arguments.at(-1)).name} = direction)))`,
    core: `${c.apply}(do.call(${c.core}, point), direction)`,
  }[c.how];
  return [
    `  direction <- ${drawn}`,
    ...structured,
    '  errors <- c(errors, .relative_error(',
    `    function(h) do.call(${c.of}, moved("${c.by.name}", h * ${by})),`,
    `    ${claimed}`,
    '  ))',
  ];
}

function draw(shape: readonly Dim[], salt: number, m: ModuleModel, kind = 'kind'): string {
  const sizes = shape.map((d) => sampleSize(d, m.sample));
  return `.draw(${[kind, salt, ...(sizes.length === 0 ? [1] : sizes)].join(', ')})`;
}

function sampleText(v: VariableNode, salt: number, m: ModuleModel): string {
  const { has, above, below } = v.facts;
  const x = draw(v.shape, salt, m);
  const size = `abs(${draw(v.shape, salt, m, '1')})`;
  if (above !== undefined && below !== undefined) return `${above} + ${below - above} * (${size} - 0.2) / 1.4`;
  if (above !== undefined) return `${above} + ${size}`;
  if (below !== undefined) return `${below} - ${size}`;
  if (v.shape.length === 2) {
    const n = sampleSize(must(v.shape[0]), m.sample);
    if (has.has('identity')) return `diag(${n})`;
    if (has.has('orthogonal')) return `qr.Q(qr(${x}))`;
    if (has.has('diagonal')) return `diag(${has.has('psd') ? 'abs' : ''}(${draw(v.shape.slice(0, 1), salt, m)}), ${n})`;
    const gram = `tcrossprod(${x}) / ${n} + 0.4 * diag(${n})`;
    if (has.has('psd')) return gram;
    if (has.has('nsd')) return `-(${gram})`;
    if (has.has('symmetric')) return `(${x} + t(${x})) / 2`;
    if (has.has('lower')) return `${x} * lower.tri(${x}, diag = TRUE)`;
    if (has.has('upper')) return `${x} * upper.tri(${x}, diag = TRUE)`;
  }
  if (has.has('simplex')) return `${size} / sum(${size})`;
  if (has.has('unit')) return `${x} / sqrt(sum(${x}^2))`;
  if (has.has('positive') || has.has('nonnegative')) return `abs(${x})`;
  if (has.has('negative') || has.has('nonpositive')) return `-abs(${x})`;
  return has.has('integer') ? `round(4 * ${x})` : x;
}
