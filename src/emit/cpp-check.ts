// The self-check of an emitted C++ header: derivatives against finite differences at random points.

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { ModuleModel, SelfCheck } from './module.ts';
import { beside } from './module-text.ts';
import { sampleSize } from './sample-size.ts';

const tensorNumbers = `inline Eigen::VectorXd numbers(const Tensor& T) { return T.data; }
inline Tensor moved(const Tensor& T, const Tensor& E, double t) { return {T.shape, T.data + t * E.data}; }`;

const tensorDraw = `  Tensor tensor(std::vector<Index> shape) const {
    Index size = 1;
    for (const Index n : shape) size *= n;
    return {std::move(shape), vector(size)};
  }`;

const support = (hasTensors: boolean): string => `namespace detail {

inline Eigen::VectorXd numbers(double x) { return Eigen::VectorXd::Constant(1, x); }
inline Eigen::VectorXd numbers(const Eigen::VectorXd& x) { return x; }
inline Eigen::VectorXd numbers(const Eigen::MatrixXd& X) { return X.reshaped<Eigen::RowMajor>(); }
${hasTensors ? `${tensorNumbers}\n` : ''}
/** x + t e */
inline double moved(double x, double e, double t) { return x + t * e; }
inline Eigen::VectorXd moved(const Eigen::VectorXd& x, const Eigen::VectorXd& e, double t) { return x + t * e; }
inline Eigen::MatrixXd moved(const Eigen::MatrixXd& X, const Eigen::MatrixXd& E, double t) { return X + t * E; }

/** A derivative over its last axes times the direction. */
template <typename Derivative, typename Direction>
Eigen::VectorXd along(const Derivative& derivative, const Direction& direction) {
  const Eigen::VectorXd all = numbers(derivative), e = numbers(direction);
  return all.reshaped<Eigen::RowMajor>(all.size() / e.size(), e.size()) * e;
}

/** Relative error of a derivative along a direction, by differences of fourth order. */
template <typename Function>
double error_along(Function f, const Eigen::VectorXd& claimed) {
  const double h = 1e-3;
  const Eigen::VectorXd found = (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
  return (found - claimed).lpNorm<Eigen::Infinity>() / std::max(1.0, found.lpNorm<Eigen::Infinity>());
}

/** Random numbers of one kind, around the centre. */
struct Draw {
  std::mt19937& random;
  int kind;

  double operator()(double centre) const {
    const double u = std::uniform_real_distribution<double>(0.0, 1.0)(random);
    if (kind == 2) return 0.2 * u + centre;
    return (kind == 0 && random() % 2 == 0 ? -1.0 : 1.0) * (0.3 + 1.2 * u);
  }
  Eigen::VectorXd vector(Index n) const {
    return Eigen::VectorXd::NullaryExpr(n, [&](Index) { return (*this)(0.2); });
  }
  Eigen::MatrixXd matrix(Index m, Index n) const {
    return Eigen::MatrixXd::NullaryExpr(m, n, [&](Index i, Index j) { return (*this)(i == j ? 1.0 : 0.0); });
  }
${hasTensors ? `${tensorDraw}\n` : ''}};

}  // namespace detail`;

export function selfCheck(m: ModuleModel): string[] {
  const s = m.signature;
  const [draw, worst, note] = ['draw', 'worst', 'note'].map((name) => free(name, m)) as [string, string, string];
  const size = (d: Dim): number => sampleSize(d, m.sample);
  const shapes = [...s.arguments.map((a) => a.variable.shape), ...m.functions.flatMap((f) => [...f.results.map((r) => r.shape), ...f.signature.arguments.map((a) => a.variable.shape)])];
  const hasTensors = shapes.some((shape) => shape.length > 2);
  const body = [
    ...s.arguments.map((a) => `    const ${typeOf(a.variable.shape.length)} ${a.name} = ${sampleText(a.variable, size).replace(/\bdraw\b/, draw)};`),
    ...s.explicit.map((e) => `    const Index ${e.name} = ${m.sample.get(e.size)};`),
    ...s.callables.map((c) => `    const std::function<double(double)> ${c.name} = [](double t) { return ${(['std::sin(t)', 'std::cos(t)', '-std::sin(t)', '-std::cos(t)'] as const)[(c.order % 4) as 0 | 1 | 2 | 3]}; };`),
    ...m.checks.flatMap((c, k) => checkLines(c, k, m, size)),
  ];
  return [
    ...support(hasTensors).split('\n'),
    '',
    '/** Largest relative error of the derivatives along random directions, at a random point of one kind. */',
    `inline double error_at(const detail::Draw& ${draw}) {`,
    `  double ${worst} = 0.0;`,
    `  const auto ${note} = [&](double error) { ${worst} = error <= ${worst} ? ${worst} : error; };`,
    '  try {',
    ...body,
    '  } catch (const std::domain_error&) {',
    '    return std::numeric_limits<double>::quiet_NaN();',
    '  }',
    `  return ${worst};`,
    '}',
    '',
    '/** Largest relative error at random points: any numbers, positive ones, ones near the identity. */',
    'inline double self_check() {',
    '  std::mt19937 random(1);',
    '  double worst = -1.0;',
    '  for (int kind = 0; kind < 3; ++kind) {',
    '    const double error = error_at(detail::Draw{random, kind});',
    '    if (std::isfinite(error)) worst = std::max(worst, error);',
    '  }',
    '  if (worst < 0.0) throw std::runtime_error("found no point where the derivatives are finite");',
    '  if (worst > 1e-6) throw std::runtime_error("derivatives and differences disagree: relative error " + std::to_string(worst));',
    '  return worst;',
    '}',
  ];
}

function typeOf(rank: number): string {
  return (['double', 'Eigen::VectorXd', 'Eigen::MatrixXd'] as const)[rank] ?? 'Tensor';
}

function drawn(shape: readonly number[]): string {
  if (shape.length === 0) return 'draw(0.2)';
  if (shape.length > 2) return `draw.tensor({${shape.join(', ')}})`;
  return `draw.${shape.length === 1 ? 'vector' : 'matrix'}(${shape.join(', ')})`;
}

function checkLines(c: SelfCheck, k: number, m: ModuleModel, size: (d: Dim) => number): string[] {
  const { arguments: args, explicit, callables } = m.signature;
  const shape = c.by.variable.shape.map(size);
  const { has } = c.by.variable.facts;
  const [e, t, draw, note] = [`e${k + 1}`, 't', 'draw', 'note'].map((name) => free(name, m)) as [string, string, string, string];
  const isDiagonal = shape.length === 2 && has.has('diagonal');
  const others = [...explicit.map((x) => x.name), ...callables.map((x) => x.name)];
  const point = [...args.map((a) => a.name), ...others].join(', ');
  const raw = drawn(isDiagonal ? shape.slice(0, 1) : shape).replace(/^draw\b/, draw);
  const structure = shape.length !== 2 || isDiagonal ? undefined : has.has('symmetric') ? 'symmetric' : has.has('lower') ? 'Lower' : has.has('upper') ? 'Upper' : undefined;
  const type = typeOf(isDiagonal ? 1 : shape.length);
  const value = structure === undefined ? raw : structure === 'symmetric' ? `[](const Eigen::MatrixXd& E) -> Eigen::MatrixXd { return E + E.transpose(); }(${raw})` : `${raw}.triangularView<Eigen::${structure}>()`;
  const step = isDiagonal ? `Eigen::MatrixXd(${e}.asDiagonal())` : e;
  const apply = m.functions.find((f) => f.name === c.apply);
  const more = apply ? beside(apply).map((p) => `, ${p.name}`).join('') : '';
  const claimed = {
    array: `detail::along(${c.derivative}(${point}), ${e})`,
    product: `detail::numbers(${c.derivative}(${point}, ${e}))`,
    core: `detail::numbers(${c.apply}(${c.core}(${point}), ${e}${more}))`,
  }[c.how];
  const shifted = [...args.map((a) => (a.name === c.by.name ? `detail::moved(${a.name}, ${step}, ${t})` : a.name)), ...others].join(', ');
  return [`    const ${type} ${e} = ${value};`, `    ${note}(detail::error_along([&](double ${t}) { return detail::numbers(${c.of}(${shifted})); }, ${claimed}));`];
}

/** A name that no argument has. */
function free(name: string, m: ModuleModel): string {
  const taken = new Set([...m.signature.arguments.map((a) => a.name), ...m.signature.explicit.map((s) => s.name), ...m.signature.callables.map((c) => c.name), ...m.functions.map((f) => f.name)]);
  let result = name;
  while (taken.has(result)) result += '_';
  return result;
}

function sampleText(v: VariableNode, sizeOf: (d: Dim) => number): string {
  const shape = v.shape.map(sizeOf);
  const { has } = v.facts;
  const { above, below } = v.facts;
  const x = drawn(shape);
  const n = must(shape[0] ?? 1);
  const rank = shape.length;
  const type = typeOf(rank);
  const made = (expression: string): string => `[](const ${type}& X) -> ${type} { return ${expression}; }(${x})`;
  const each = (entry: string): string => (rank === 0 ? `[](double t) { return ${entry}; }(${x})` : rank > 2 ? `[](Tensor X) { X.data = X.data.unaryExpr([](double t) { return ${entry}; }).eval(); return X; }(${x})` : made(`X.unaryExpr([](double t) { return ${entry}; })`));
  if (above !== undefined && below !== undefined) return each(`${above} + ${below - above} * (0.1 + 0.8 / (1.0 + std::abs(t)))`);
  if (above !== undefined) return each(`${above} + std::abs(t)`);
  if (below !== undefined) return each(`${below} - std::abs(t)`);
  if (rank === 2) {
    if (has.has('identity')) return `Eigen::MatrixXd::Identity(${n}, ${n})`;
    if (has.has('orthogonal')) return made('X.householderQr().householderQ()');
    if (has.has('diagonal')) return made(`Eigen::MatrixXd(X.diagonal()${has.has('psd') ? '.cwiseAbs()' : ''}.asDiagonal())`);
    const gram = `X * X.transpose() / ${n}.0 + 0.4 * Eigen::MatrixXd::Identity(${n}, ${n})`;
    if (has.has('psd')) return made(gram);
    if (has.has('nsd')) return made(`-(${gram})`);
    if (has.has('symmetric')) return made('0.5 * (X + X.transpose())');
    if (has.has('lower')) return made('X.triangularView<Eigen::Lower>()');
    if (has.has('upper')) return made('X.triangularView<Eigen::Upper>()');
  }
  if (has.has('simplex')) return made('X.cwiseAbs() / X.cwiseAbs().sum()');
  if (has.has('unit')) return made('X.normalized()');
  if (has.has('positive') || has.has('nonnegative')) return each('std::abs(t)');
  if (has.has('negative') || has.has('nonpositive')) return each('-std::abs(t)');
  return has.has('integer') ? each('std::round(4.0 * t)') : x;
}
