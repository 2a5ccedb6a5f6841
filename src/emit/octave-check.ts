// The function of an emitted file for MATLAB and Octave that a user runs: derivatives against finite differences.

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { ModuleModel, SelfCheck } from './module.ts';
import { sampleSize } from './sample-size.ts';

export function selfCheck(m: ModuleModel): string[][] {
  const s = m.signature;
  const points = [
    ...s.arguments.map((a, k) => `  point.${a.name} = ${sampleText(a.variable, k + 1, m)};`),
    ...s.explicit.map((e) => `  point.${e.name} = ${must(m.sample.get(e.size))};`),
    ...s.callables.map((c) => `  point.${c.name} = ${['@sin', '@cos', '@(x) -sin(x)', '@(x) -cos(x)'][c.order % 4]};`),
  ];
  return [
    [
      'function self_check()',
      '% Compares every derivative with finite differences; error where they disagree.',
      "  kinds = {'any numbers', 'positive numbers', 'numbers near the identity'};",
      '  worst = [];',
      '  for kind = 1:numel(kinds)',
      '    found = [];',
      '    try',
      '      found = selfCheckAt(kind);',
      '    catch problem',
      "      fprintf('at %s: %s\\n', kinds{kind}, problem.message);",
      '    end',
      '    if all(isfinite(found)) && ~isempty(found)',
      "      fprintf('at %s: largest relative error %.1e\\n', kinds{kind}, max(found));",
      '      worst(end + 1) = max(found);',
      '    end',
      '  end',
      '  if isempty(worst)',
      "    error('ricci:check', 'found no point where the derivatives are finite');",
      '  elseif max(worst) > 1e-6',
      "    error('ricci:check', 'derivatives and differences disagree');",
      '  end',
      'end',
    ],
    [
      'function errors = selfCheckAt(kind)',
      '% Relative errors of the derivatives along directions at a point.',
      ...points,
      '  errors = [];',
      ...m.checks.flatMap((c, k) => checkLines(c, 50 + k, m)),
      'end',
    ],
  ];
}

function checkLines(c: SelfCheck, salt: number, m: ModuleModel): string[] {
  const { has } = c.by.variable.facts;
  const { shape } = c.by.variable;
  const isDiagonal = shape.length === 2 && has.has('diagonal');
  const drawn = draw(isDiagonal ? shape.slice(0, 1) : shape, salt, m);
  const toward = shape.length !== 2 || isDiagonal ? drawn : has.has('symmetric') ? `(@(E) E + E')(${drawn})` : has.has('lower') ? `tril(${drawn})` : has.has('upper') ? `triu(${drawn})` : drawn;
  const all = [...m.signature.arguments, ...m.signature.explicit, ...m.signature.callables];
  const at = (moved?: string): string => all.map((a) => (moved !== undefined && a.name === c.by.name ? moved : `point.${a.name}`)).join(', ');
  const f = must(m.functions.find((g) => g.name === c.derivative));
  const lines = toward.startsWith('(@') ? [`  toward = ${drawn};`, "  toward = toward + toward';"] : [`  toward = ${toward};`];
  const moved = at(`point.${c.by.name} + shift * ${isDiagonal ? 'diag(toward)' : 'toward'}`);
  if (c.how === 'core') {
    const apply = must(m.functions.find((g) => g.core && g.name === c.apply));
    lines.push(`  cores = cell(1, ${must(apply.core).parts.length});`, `  [cores{:}] = ${c.core}(${at()});`);
  }
  const args = f.signature.arguments.map((a) => (all.some((other) => other.name === a.name) ? `point.${a.name}` : 'toward'));
  const rest = [...f.signature.explicit, ...f.signature.callables].map((a) => `point.${a.name}`);
  const claimed = {
    array: `applied(${c.derivative}(${at()}), toward)`,
    product: `${c.derivative}(${[...args, ...rest].join(', ')})`,
    core: `${c.apply}(cores{:}, toward)`,
  }[c.how];
  return [...lines, `  errors(end + 1) = relativeError(@(shift) ${c.of}(${moved}), ${claimed});`];
}

function sizesOf(shape: readonly Dim[], m: ModuleModel): string {
  const sizes = shape.map((d) => sampleSize(d, m.sample));
  return `[${(sizes.length === 0 ? [1, 1] : sizes.length === 1 ? [...sizes, 1] : sizes).join(', ')}]`;
}

function draw(shape: readonly Dim[], salt: number, m: ModuleModel, kind = 'kind'): string {
  return `draw(${kind}, ${salt}, ${sizesOf(shape, m)})`;
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
    if (has.has('identity')) return `eye(${n})`;
    if (has.has('orthogonal')) return `orth(${x})`;
    if (has.has('diagonal')) return `diag(${has.has('psd') ? 'abs' : ''}(${draw(v.shape.slice(0, 1), salt, m)}))`;
    const gram = `${x} * ${x}' / ${n} + 0.4 * eye(${n})`;
    if (has.has('psd')) return gram;
    if (has.has('nsd')) return `-(${gram})`;
    if (has.has('symmetric')) return `(${x} + ${x}') / 2`;
    if (has.has('lower')) return `tril(${x})`;
    if (has.has('upper')) return `triu(${x})`;
  }
  if (has.has('simplex')) return `${size} / sum(${size})`;
  if (has.has('unit')) return `${x} / norm(${x})`;
  if (has.has('positive') || has.has('nonnegative')) return `abs(${x})`;
  if (has.has('negative') || has.has('nonpositive')) return `-abs(${x})`;
  return has.has('integer') ? `round(4 * ${x})` : x;
}
