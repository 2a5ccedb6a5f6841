// The part of an emitted Python module that a user runs: derivatives against finite differences at random points.

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { ModuleModel, SelfCheck } from './module.ts';
import type { ArrayLibrary } from './python-library.ts';
import { sampleSize } from './sample-size.ts';

export function selfCheck(m: ModuleModel, lib: ArrayLibrary): string[] {
  const s = m.signature;
  const size = (d: Dim): string => String(sampleSize(d, m.sample));
  const values = [
    ...s.arguments.map((a) => `        ${a.name}=${sampleText(a.variable, size)},`),
    ...s.explicit.map((e) => `        ${e.name}=${m.sample.get(e.size)},`),
    ...s.callables.map((c) => `        ${c.name}=${sampleFunction(c.order, lib)},`),
  ];
  return [
    'def _self_check(rng, draw):',
    '    """Largest relative error of the derivatives along random directions, at a random point."""',
    '    point = dict(',
    ...values,
    '    )',
    '    errors = []',
    ...m.checks.flatMap((c) => checkLines(c, m)),
    '    return max(errors)',
    '',
    '',
    'def _error(f, point, name, direction, claimed):',
    '    """Relative error of a derivative along a direction, by differences of fourth order."""',
    '    h = 1e-3',
    '    moved = [np.asarray(f(**{**point, name: point[name] + t * h * direction})) for t in (-2, -1, 1, 2)]',
    '    found = (moved[0] - 8 * moved[1] + 8 * moved[2] - moved[3]) / (12 * h)',
    '    return np.max(np.abs(claimed - found), initial=0.0) / max(1.0, np.max(np.abs(found), initial=0.0))',
    '',
    '',
    'if __name__ == "__main__":',
    '    rng = np.random.default_rng(0)',
    '    draws = {',
    '        "any numbers": lambda *shape: rng.uniform(0.3, 1.5, shape) * rng.choice([-1.0, 1.0], shape),',
    '        "positive numbers": lambda *shape: rng.uniform(0.3, 1.5, shape),',
    '        "numbers near the identity": lambda *shape: 0.2 * rng.uniform(0, 1, shape) + (np.eye(*shape) if len(shape) == 2 else 0.2),',
    '    }',
    '    with np.errstate(all="ignore"):',
    '        errors = {kind: _self_check(rng, draw) for kind, draw in draws.items()}',
    '    errors = {kind: error for kind, error in errors.items() if np.isfinite(error)}',
    '    for kind, error in errors.items():',
    '        print(f"at {kind}: largest relative error {error:.1e}")',
    '    if not errors:',
    '        raise SystemExit("found no point where the derivatives are finite")',
    '    if max(errors.values()) > 1e-6:',
    '        raise SystemExit("derivatives and differences disagree")',
  ];
}

function checkLines(c: SelfCheck, m: ModuleModel): string[] {
  const shape = c.by.variable.shape.map((d) => String(sampleSize(d, m.sample)));
  const { has } = c.by.variable.facts;
  const isSquare = shape.length === 2;
  const isDiagonal = isSquare && has.has('diagonal');
  const e = `draw(${isDiagonal ? shape[0] : shape.join(', ')})`;
  const structured = !isSquare || isDiagonal ? e : has.has('symmetric') ? `(lambda E: E + E.T)(${e})` : has.has('lower') ? `np.tril(${e})` : has.has('upper') ? `np.triu(${e})` : e;
  const axes = isDiagonal ? 1 : shape.length;
  const claimed = {
    array: `np.tensordot(np.asarray(${c.derivative}(**point)), e, axes=${axes})`,
    product: `np.asarray(${c.derivative}(**point, ${directionName(c, m)}=e))`,
    core: `np.asarray(${c.apply}(${c.core}(**point), e))`,
  }[c.how];
  return [
    `    e = ${structured}`,
    `    errors.append(_error(${c.of}, point, "${c.by.name}", ${isDiagonal ? 'np.diag(e)' : 'e'}, ${claimed}))`,
  ];
}

function directionName(c: SelfCheck, m: ModuleModel): string {
  const f = must(m.functions.find((g) => g.name === c.derivative));
  return must(f.signature.arguments.at(-1)).name;
}

export function sampleText(v: VariableNode, size: (d: Dim) => string): string {
  const shape = v.shape.map(size);
  const { has } = v.facts;
  const { above, below } = v.facts;
  const x = `draw(${shape.join(', ')})`;
  const n = shape[0];
  if (above !== undefined && below !== undefined) return `${above} + ${below - above} * (0.1 + 0.8 * rng.random((${shape.join(', ')}${shape.length === 1 ? ',' : ''})))`;
  if (above !== undefined) return `${above} + abs(${x})`;
  if (below !== undefined) return `${below} - abs(${x})`;
  if (shape.length === 2) {
    if (has.has('identity')) return `np.eye(${n})`;
    if (has.has('orthogonal')) return `np.linalg.qr(${x})[0]`;
    if (has.has('diagonal')) return `np.diag(${has.has('psd') ? 'abs' : ''}(draw(${n})))`;
    const gram = `(lambda B: B @ B.T / ${n} + 0.4 * np.eye(${n}))(${x})`;
    if (has.has('psd')) return gram;
    if (has.has('nsd')) return `-${gram}`;
    if (has.has('symmetric')) return `(lambda B: (B + B.T) / 2)(${x})`;
    if (has.has('lower')) return `np.tril(${x})`;
    if (has.has('upper')) return `np.triu(${x})`;
  }
  if (has.has('simplex')) return `(lambda p: p / p.sum())(abs(${x}))`;
  if (has.has('unit')) return `(lambda p: p / np.sqrt((p * p).sum()))(${x})`;
  if (has.has('positive') || has.has('nonnegative')) return `abs(${x})`;
  if (has.has('negative') || has.has('nonpositive')) return `-abs(${x})`;
  return has.has('integer') ? `np.round(4 * ${x})` : x;
}

/** The sine and its derivatives stand for declared functions. */
function sampleFunction(order: number, { library, isArgument }: ArrayLibrary): string {
  const l = isArgument ? 'np' : library;
  return ([`${l}.sin`, `${l}.cos`, `lambda x: -${l}.sin(x)`, `lambda x: -${l}.cos(x)`] as const)[(order % 4) as 0 | 1 | 2 | 3];
}
