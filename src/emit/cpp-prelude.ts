// What emitted C++ needs beyond Eigen: small inline functions in the namespace `detail` of a module, included where used.

import type { Helper, Prelude } from './prelude.ts';

const entries: Readonly<Record<string, Helper>> = {
  sum: {
    text: `/** The sum of the terms. */
template <typename Term>
double sum(Index n, Term term) {
  double total = 0.0;
  for (Index i = 0; i < n; ++i) total += term(i);
  return total;
}`,
  },
  tensor: {
    text: `template <typename Entry, std::size_t... K>
Tensor tensor(std::vector<Index> shape, Entry entry, std::index_sequence<K...>) {
  const Index size = std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<Index>());
  Tensor T{std::move(shape), Eigen::VectorXd(size)};
  std::array<Index, sizeof...(K)> at{};
  for (Index k = 0; k < size; ++k) {
    T.data(k) = entry(at[K]...);
    for (std::size_t axis = sizeof...(K); axis-- > 0 && ++at[axis] == T.shape[axis];) at[axis] = 0;
  }
  return T;
}

/** The tensor with these entries. */
template <std::size_t N, typename Entry>
Tensor tensor(std::vector<Index> shape, Entry entry) {
  return tensor(std::move(shape), entry, std::make_index_sequence<N>());
}`,
  },
  rows: {
    text: `/** The matrix with these rows. */
template <typename Row>
Eigen::MatrixXd rows(Index m, Index n, Row row) {
  Eigen::MatrixXd X(m, n);
  for (Index i = 0; i < m; ++i) X.row(i) = row(i).transpose();
  return X;
}`,
  },
  stack: {
    text: `template <typename Part, std::size_t... K>
Tensor stack(std::vector<Index> shape, Part part, std::index_sequence<K...>) {
  const Index size = std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<Index>());
  Tensor T{std::move(shape), Eigen::VectorXd(size)};
  std::array<Index, sizeof...(K)> at{};
  for (Index k = 0; k < size;) {
    const Eigen::MatrixXd X = part(at[K]...);
    T.data.segment(k, X.size()) = X.reshaped<Eigen::RowMajor>();
    k += X.size();
    for (std::size_t axis = sizeof...(K); axis-- > 0 && ++at[axis] == T.shape[axis];) at[axis] = 0;
  }
  return T;
}

/** Vectors or matrices for all places on the first N axes, one behind the other. */
template <std::size_t N, typename Part>
Tensor stack(std::vector<Index> shape, Part part) {
  return stack(std::move(shape), part, std::make_index_sequence<N>());
}`,
  },
  start_of: {
    text: `/** Where the part at these positions of the leading axes begins, in parts. */
inline Index start_of(const Tensor& T, const std::vector<Index>& at) {
  Index position = 0;
  for (std::size_t axis = 0; axis < at.size(); ++axis) position = position * T.shape[axis] + at[axis];
  return position;
}`,
  },
  vector_of: {
    needs: ['start_of'],
    text: `inline Eigen::VectorXd vector_of(const Tensor& T, const std::vector<Index>& at) {
  const Index n = T.shape[at.size()];
  return T.data.segment(start_of(T, at) * n, n);
}`,
  },
  matrix_of: {
    needs: ['start_of'],
    text: `inline Eigen::MatrixXd matrix_of(const Tensor& T, const std::vector<Index>& at) {
  const Index m = T.shape[at.size()], n = T.shape[at.size() + 1];
  return T.data.segment(start_of(T, at) * m * n, m * n).reshaped<Eigen::RowMajor>(m, n);
}`,
  },
  gram: {
    text: `/** X' X, half of the work of a product. */
template <typename Derived>
Eigen::MatrixXd gram(const Eigen::MatrixBase<Derived>& X) {
  Eigen::MatrixXd G = Eigen::MatrixXd::Zero(X.cols(), X.cols());
  G.selfadjointView<Eigen::Lower>().rankUpdate(X.transpose());
  return G.selfadjointView<Eigen::Lower>();
}`,
  },
  plus_diagonal: {
    text: `/** X + diag(v) */
inline Eigen::MatrixXd plus_diagonal(Eigen::MatrixXd X, const Eigen::VectorXd& v) {
  X.diagonal() += v;
  return X;
}`,
  },
  padded: {
    text: `/** Zeros around x, which begins at \`offset\`. */
inline Eigen::VectorXd padded(const Eigen::VectorXd& x, Index offset, Index whole) {
  Eigen::VectorXd result = Eigen::VectorXd::Zero(whole);
  result.segment(offset, x.size()) = x;
  return result;
}`,
  },
  padded_rows: {
    text: `/** Zeros above and below X, which begins at row \`offset\`. */
inline Eigen::MatrixXd padded_rows(const Eigen::MatrixXd& X, Index offset, Index whole) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(whole, X.cols());
  result.middleRows(offset, X.rows()) = X;
  return result;
}`,
  },
  padded_cols: {
    text: `/** Zeros left and right of X, which begins at column \`offset\`. */
inline Eigen::MatrixXd padded_cols(const Eigen::MatrixXd& X, Index offset, Index whole) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(X.rows(), whole);
  result.middleCols(offset, X.cols()) = X;
  return result;
}`,
  },
  lower_ones: {
    text: `/** Ones on and below the diagonal of a matrix of this shape. */
inline Eigen::MatrixXd lower_ones(const Eigen::MatrixXd& X) {
  return Eigen::MatrixXd::Ones(X.rows(), X.cols()).triangularView<Eigen::Lower>();
}`,
  },
  square: { text: `inline double square(double x) { return x * x; }` },
  sign: { text: `inline double sign(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x; }` },
  step: {
    text: `/** 1 where x > 0, else 0. */
inline double step(double x) { return x > 0.0 ? 1.0 : 0.0; }`,
  },
  huber: {
    text: `/** x^2 / 2 up to d, linear beyond. */
inline double huber(double x, double d) {
  const double size = std::abs(x);
  return size <= d ? 0.5 * x * x : d * (size - 0.5 * d);
}`,
  },
  sigmoid: {
    text: `/** 1 / (1 + exp(-x)) without overflow. */
inline double sigmoid(double x) {
  const double z = std::exp(-std::abs(x));
  return (x >= 0.0 ? 1.0 : z) / (1.0 + z);
}`,
  },
  rsqrt0: {
    text: `/** 1 / sqrt(x), and 0 where x = 0. */
inline double rsqrt0(double x) { return x == 0.0 ? 0.0 : 1.0 / std::sqrt(x); }`,
  },
  softplus: {
    text: `/** log(1 + exp(x)) without overflow. */
inline double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }`,
  },
  softmax: {
    text: `/** exp(x) / sum(exp(x)) without overflow. */
template <typename Derived>
typename Derived::PlainObject softmax(const Eigen::MatrixBase<Derived>& X) {
  const typename Derived::PlainObject x = X;
  const typename Derived::PlainObject e = (x.array() - x.maxCoeff()).exp();
  return e / e.sum();
}`,
  },
  logsumexp: {
    text: `/** log(sum(exp(x))) without overflow. */
template <typename Derived>
double logsumexp(const Eigen::MatrixBase<Derived>& X) {
  const typename Derived::PlainObject x = X;
  const double top = x.maxCoeff();
  return std::isfinite(top) ? std::log((x.array() - top).exp().sum()) + top : top;
}`,
  },
  largest: {
    text: `template <typename Derived>
double largest(const Eigen::MatrixBase<Derived>& x) {
  return x.maxCoeff();
}`,
  },
  smallest: {
    text: `template <typename Derived>
double smallest(const Eigen::MatrixBase<Derived>& x) {
  return x.minCoeff();
}`,
  },
  at_largest: {
    text: `/** 1 at the first largest entry, row by row, else 0. */
template <typename Derived>
typename Derived::PlainObject at_largest(const Eigen::MatrixBase<Derived>& X) {
  const typename Derived::PlainObject x = X;
  typename Derived::PlainObject result = Derived::PlainObject::Zero(x.rows(), x.cols());
  const double top = x.maxCoeff();
  for (Index i = 0; i < x.rows(); ++i) {
    for (Index j = 0; j < x.cols(); ++j) {
      if (x(i, j) != top) continue;
      result(i, j) = 1.0;
      return result;
    }
  }
  return result;
}`,
  },
  at_smallest: {
    needs: ['at_largest'],
    text: `/** 1 at the first smallest entry, row by row, else 0. */
template <typename Derived>
typename Derived::PlainObject at_smallest(const Eigen::MatrixBase<Derived>& x) {
  return at_largest(-x);
}`,
  },
  bernoulli: {
    text: `/** The Bernoulli numbers B2, B4, ..., B20. */
inline const std::array<double, 10>& bernoulli() {
  static const std::array<double, 10> numbers = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330};
  return numbers;
}`,
  },
  zeta: {
    needs: ['bernoulli'],
    text: `/** Hurwitz zeta function for whole s >= 2 and q > 0, by Euler-Maclaurin summation (DLMF 25.11.5). */
inline double zeta(double s, double q) {
  double y = q;
  double total = 0.0;
  while (y < 14.0 + s / 2.0) y += 1.0;
  double tail = y / (s - 1.0) + 0.5;
  double coefficient = s / y / 2.0;
  double k = 0.0;
  for (const double b : bernoulli()) {
    tail += b * coefficient;
    coefficient *= (s + 2.0 * k + 1.0) * (s + 2.0 * k + 2.0) / ((2.0 * k + 3.0) * (2.0 * k + 4.0) * y * y);
    k += 1.0;
  }
  total = std::pow(y, -s) * tail;
  for (double x = y - 1.0; x >= q - 0.5; x -= 1.0) total += std::pow(x, -s);
  return total;
}`,
  },
  digamma: {
    needs: ['bernoulli'],
    text: `/** Derivative of lgamma: reflection, recurrence, asymptotic series (DLMF 5.5.4, 5.5.2, 5.11.2). */
inline double digamma(double x) {
  const double pi = 3.141592653589793;
  if (!std::isfinite(x)) return x > 0.0 ? x : std::numeric_limits<double>::quiet_NaN();
  if (x <= 0.0 && x == std::round(x)) return std::numeric_limits<double>::quiet_NaN();
  if (x < 0.0) return digamma(1.0 - x) - pi / std::tan(pi * (x - std::round(x)));
  double below = 0.0;
  double y = x;
  for (; y < 12.0; y += 1.0) below += 1.0 / y;
  double correction = 0.0;
  for (std::size_t k = bernoulli().size(); k >= 1; --k) correction = (correction + bernoulli()[k - 1] / (2.0 * static_cast<double>(k))) / (y * y);
  return std::log(y) - 0.5 / y - correction - below;
}`,
  },
  polygamma: {
    needs: ['digamma', 'zeta'],
    text: `/** Derivative of digamma of whole order n, for x > 0 (DLMF 25.11.12). */
inline double polygamma(double n, double x) {
  if (n == 0.0) return digamma(x);
  if (!(x > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  double factor = std::fmod(n, 2.0) == 0.0 ? -1.0 : 1.0;
  for (double k = 2.0; k <= n; k += 1.0) factor *= k;
  return factor * zeta(n + 1.0, x);
}`,
  },
  logdet: {
    text: `/** Logarithm of a determinant, which must be positive (else not a number). */
inline double logdet(const Eigen::MatrixXd& X) {
  const Eigen::PartialPivLU<Eigen::MatrixXd> lu(X);
  const Eigen::ArrayXd pivots = lu.matrixLU().diagonal().array();
  const double sign = lu.permutationP().determinant() * pivots.sign().prod();
  return sign < 0.0 ? std::numeric_limits<double>::quiet_NaN() : pivots.abs().log().sum();
}`,
  },
  logdetpd: {
    text: `/** Logarithm of the determinant of a symmetric matrix that is positive definite (else not a number). */
inline double logdetpd(const Eigen::MatrixXd& X) {
  const Eigen::LLT<Eigen::MatrixXd> llt(X);
  if (llt.info() != Eigen::Success) return std::numeric_limits<double>::quiet_NaN();
  return 2.0 * llt.matrixLLT().diagonal().array().log().sum();
}`,
  },
  cholesky: {
    text: `/** Lower L with L L' = S; std::domain_error when S is not positive definite. */
inline Eigen::MatrixXd cholesky(const Eigen::MatrixXd& S) {
  const Eigen::LLT<Eigen::MatrixXd> llt(S);
  if (llt.info() != Eigen::Success) throw std::domain_error("the matrix is not positive definite");
  return llt.matrixL();
}`,
  },
  cholesky_solve: {
    text: `/** X with L L' X = B. */
template <typename Derived>
typename Derived::PlainObject cholesky_solve(const Eigen::MatrixXd& L, const Eigen::MatrixBase<Derived>& B) {
  typename Derived::PlainObject X = L.triangularView<Eigen::Lower>().solve(B);
  L.triangularView<Eigen::Lower>().transpose().solveInPlace(X);
  return X;
}`,
  },
  leading_sign: {
    text: `/** The sign of the largest entry of a column; of entries that tie, the first. */
inline double leading_sign(const Eigen::VectorXd& v) {
  double leader = 0.0;
  for (const double x : v) {
    if (std::abs(x) > std::abs(leader) * (1.0 + 1e-10)) leader = x;
  }
  return leader < 0.0 ? -1.0 : 1.0;
}`,
  },
  eigh: {
    needs: ['leading_sign'],
    text: `/** Eigenvalues, ascending, and eigenvectors whose largest entry is positive. */
inline std::tuple<Eigen::VectorXd, Eigen::MatrixXd> eigh(const Eigen::MatrixXd& S) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(0.5 * (S + S.transpose()));
  Eigen::MatrixXd V = solver.eigenvectors();
  for (Index j = 0; j < V.cols(); ++j) V.col(j) *= leading_sign(V.col(j));
  return {solver.eigenvalues(), V};
}`,
  },
  svd: {
    needs: ['leading_sign'],
    text: `/** U, s, V with X = U diag(s) V', thin; the largest entry of each column of V is positive. */
inline std::tuple<Eigen::MatrixXd, Eigen::VectorXd, Eigen::MatrixXd> svd(const Eigen::MatrixXd& X) {
  const Eigen::JacobiSVD<Eigen::MatrixXd> solver(X, Eigen::ComputeThinU | Eigen::ComputeThinV);
  Eigen::MatrixXd U = solver.matrixU();
  Eigen::MatrixXd V = solver.matrixV();
  for (Index j = 0; j < V.cols(); ++j) {
    const double sign = leading_sign(V.col(j));
    U.col(j) *= sign;
    V.col(j) *= sign;
  }
  return {U, solver.singularValues(), V};
}`,
  },
  reduced_resolvent: {
    needs: ['eigh'],
    text: `/** pinv(w[k] I - S) for the k-th eigenvalue of a symmetric S; negative k count from the end. */
inline Eigen::MatrixXd reduced_resolvent(const Eigen::MatrixXd& S, Index k) {
  const auto [w, V] = eigh(S);
  const Index at = k < 0 ? w.size() + k : k;
  Eigen::VectorXd weights = (w(at) - w.array()).inverse();
  weights(at) = 0.0;
  return V * weights.asDiagonal() * V.transpose();
}`,
  },
  gap: {
    text: `/** 1 / (x[j] - x[i]), zero on the diagonal. */
inline Eigen::MatrixXd gap(const Eigen::VectorXd& x) {
  return Eigen::MatrixXd::NullaryExpr(x.size(), x.size(), [&](Index i, Index j) { return i == j ? 0.0 : 1.0 / (x(j) - x(i)); });
}`,
  },
  cofactors: {
    needs: ['svd'],
    text: `/** Signed minors: the derivative of det(X); right at singular X too. */
inline Eigen::MatrixXd cofactors(const Eigen::MatrixXd& X) {
  const auto [U, s, V] = svd(X);
  const double sign = U.determinant() * V.determinant();
  Eigen::VectorXd weights = Eigen::VectorXd::Constant(s.size(), sign);
  for (Index k = 0; k < s.size(); ++k) {
    for (Index i = 0; i < s.size(); ++i) {
      if (i != k) weights(k) *= s(i);
    }
  }
  return U * weights.asDiagonal() * V.transpose();
}`,
  },
  det_derivative: {
    needs: ['svd'],
    text: `/** Signed minors: derivative of det(X) of order k, axes a1, b1, ..., ak, bk; right at singular X too. */
inline Tensor det_derivative(const Eigen::MatrixXd& X, std::size_t k) {
  const Index n = X.rows();
  const auto parts = svd(X);
  const auto& [U, s, V] = parts;
  const double sign = U.determinant() * V.determinant();
  std::vector<Index> shape(2 * k, n), chosen(k, 0);
  Index size = 1;
  for (std::size_t m = 0; m < 2 * k; ++m) size *= n;
  Tensor T{shape, Eigen::VectorXd::Zero(size)};
  const auto advance = [n](std::vector<Index>& at) {
    for (std::size_t axis = at.size(); axis-- > 0;) {
      if (++at[axis] < n) return true;
      at[axis] = 0;
    }
    return false;
  };
  do {
    // The singular values that remain without the chosen ones.
    double weight = sign;
    bool apart = true;
    for (std::size_t m = 0; m < k; ++m) apart = apart && std::count(chosen.begin(), chosen.end(), chosen[m]) == 1;
    if (!apart) continue;
    for (Index i = 0; i < n; ++i) weight *= std::count(chosen.begin(), chosen.end(), i) > 0 ? 1.0 : s(i);
    std::vector<Index> at(2 * k, 0);
    Index position = 0;
    do {
      double term = weight;
      Eigen::MatrixXd minor(k, k);
      for (std::size_t m = 0; m < k; ++m) {
        term *= U(at[2 * m], chosen[m]);
        for (std::size_t q = 0; q < k; ++q) minor(m, q) = V(at[2 * m + 1], chosen[q]);
      }
      T.data(position++) += term * minor.determinant();
    } while (advance(at));
  } while (advance(chosen));
  return T;
}`,
  },
  lyap_system: {
    text: `/** The matrix of L -> R L + L R on the entries of L, row by row. */
inline Eigen::MatrixXd lyap_system(const Eigen::MatrixXd& R) {
  const Index n = R.rows();
  Eigen::MatrixXd system = Eigen::MatrixXd::Zero(n * n, n * n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < n; ++j) {
      for (Index k = 0; k < n; ++k) {
        system(i * n + j, k * n + j) += R(i, k);
        system(i * n + j, i * n + k) += R(k, j);
      }
    }
  }
  return system;
}`,
  },
  lyap: {
    needs: ['lyap_system'],
    text: `/** L with R L + L R = A. */
inline Eigen::MatrixXd lyap(const Eigen::MatrixXd& R, const Eigen::MatrixXd& A) {
  const Eigen::VectorXd entries = lyap_system(R).partialPivLu().solve(Eigen::VectorXd(A.reshaped<Eigen::RowMajor>()));
  return entries.reshaped<Eigen::RowMajor>(A.rows(), A.cols());
}`,
  },
  lyap_map: {
    needs: ['lyap_system'],
    text: `/** The linear map from A to the L with R L + L R = A: axes of L, then of A. */
inline Tensor lyap_map(const Eigen::MatrixXd& R) {
  const Index n = R.rows();
  const Eigen::MatrixXd inverse = lyap_system(R).inverse();
  return {{n, n, n, n}, inverse.reshaped<Eigen::RowMajor>()};
}`,
  },
  expm: { text: `inline Eigen::MatrixXd expm(const Eigen::MatrixXd& X) { return X.exp(); }` },
  logm: { text: `inline Eigen::MatrixXd logm(const Eigen::MatrixXd& X) { return X.log(); }` },
  sqrtm: { text: `inline Eigen::MatrixXd sqrtm(const Eigen::MatrixXd& X) { return X.sqrt(); }` },
  rotation: {
    text: `/** exp of [[0, X], [-X, 0]]: cosine and sine of X in its blocks; exact for matrices that no basis makes diagonal. */
inline Eigen::MatrixXd rotation(const Eigen::MatrixXd& X) {
  const Index n = X.rows();
  Eigen::MatrixXd blocks = Eigen::MatrixXd::Zero(2 * n, 2 * n);
  blocks.topRightCorner(n, n) = X;
  blocks.bottomLeftCorner(n, n) = -X;
  return blocks.exp();
}`,
  },
  sinm: {
    needs: ['rotation'],
    text: `inline Eigen::MatrixXd sinm(const Eigen::MatrixXd& X) { return rotation(X).topRightCorner(X.rows(), X.cols()); }`,
  },
  cosm: {
    needs: ['rotation'],
    text: `inline Eigen::MatrixXd cosm(const Eigen::MatrixXd& X) { return rotation(X).topLeftCorner(X.rows(), X.cols()); }`,
  },
  frechet: {
    text: `/** Derivative of the matrix function f at X in these directions (Higham 2008, theorem 3.6). */
template <typename Function>
Eigen::MatrixXd frechet(Function f, const Eigen::MatrixXd& X, const std::vector<Eigen::MatrixXd>& directions) {
  const Index n = X.rows();
  const auto k = static_cast<Index>(directions.size());
  const double size = X.norm() > 0.0 ? X.norm() : 1.0;
  std::vector<double> factors;
  std::vector<Index> order(directions.size());
  std::iota(order.begin(), order.end(), Index{0});
  for (const Eigen::MatrixXd& E : directions) factors.push_back(E.norm() > 0.0 ? size / E.norm() : 1.0);
  Eigen::MatrixXd total = Eigen::MatrixXd::Zero(n, n);
  do {
    Eigen::MatrixXd blocks = Eigen::MatrixXd::Zero((k + 1) * n, (k + 1) * n);
    for (Index p = 0; p <= k; ++p) {
      blocks.block(p * n, p * n, n, n) = X;
      if (p < k) blocks.block(p * n, (p + 1) * n, n, n) = factors[order[p]] * directions[order[p]];
    }
    total += f(blocks).topRightCorner(n, n);
  } while (std::next_permutation(order.begin(), order.end()));
  for (const double factor : factors) total /= factor;
  return total;
}`,
  },
  frechet_map: {
    needs: ['frechet'],
    text: `/** The same with further directions left open, as axes a1, b1, ... behind those of the result. */
template <typename Function>
Tensor frechet_map(Function f, const Eigen::MatrixXd& X, std::vector<Eigen::MatrixXd> directions, std::size_t free) {
  const Index n = X.rows(), entries = n * n;
  Index columns = 1;
  for (std::size_t k = 0; k < free; ++k) columns *= entries;
  Tensor T{std::vector<Index>(2 + 2 * free, n), Eigen::VectorXd(entries * columns)};
  const std::size_t given = directions.size();
  directions.resize(given + free);
  for (Index column = 0; column < columns; ++column) {
    for (Index rest = column, k = static_cast<Index>(free); k-- > 0; rest /= entries) {
      directions[given + k] = Eigen::MatrixXd::Zero(n, n);
      directions[given + k](rest % entries / n, rest % n) = 1.0;
    }
    const Eigen::MatrixXd D = frechet(f, X, directions);
    for (Index row = 0; row < entries; ++row) T.data(row * columns + column) = D(row / n, row % n);
  }
  return T;
}`,
  },
  check_shape: {
    text: `/** The size of an axis, or a name: any size, the same everywhere. */
using Axis = std::variant<Index, const char*>;

/** Known sizes, and the argument that told each. */
using Sizes = std::map<std::string, std::pair<Index, std::string>>;

/** std::invalid_argument when the shape does not fit. */
inline void check_shape(Sizes& known, const std::string& argument, const std::vector<Index>& shape, const std::vector<Axis>& wanted) {
  bool fits = shape.size() == wanted.size();
  std::string want, got, from;
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    const Index have = k < shape.size() ? shape[k] : -1;
    std::string name;
    if (const Index* size = std::get_if<Index>(&wanted[k])) {
      fits = fits && have == *size;
      name = std::to_string(*size);
    } else {
      name = std::get<const char*>(wanted[k]);
      const auto& first = known.try_emplace(name, have, argument).first->second;
      fits = fits && have == first.first;
      if (first.second != argument) from += (from.empty() ? " with " : ", ") + name + " = " + std::to_string(first.first) + " from " + first.second;
    }
    want += (want.empty() ? "" : ", ") + name;
  }
  if (fits) return;
  for (const Index n : shape) got += (got.empty() ? "" : ", ") + std::to_string(n);
  throw std::invalid_argument(argument + " must have shape (" + want + ")" + from + ", got (" + got + ")");
}`,
  },
};

export const cppPrelude: Prelude = new Map(Object.entries(entries));
