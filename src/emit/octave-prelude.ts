// Functions that MATLAB and Octave lack, as local functions of a module that uses them.

import type { Prelude } from './prelude.ts';

export const octavePrelude: Prelude = new Map(Object.entries({
  checkShapes: {
    text: `function checkShapes(expected)
% Error where a shape does not fit. Rows {name, value, sizes}; a size given by a symbol may be any, the same everywhere.
  symbols = {};
  known = [];
  from = {};
  for row = 1:size(expected, 1)
    [name, value, wanted] = expected{row, :};
    if ~isfloat(value) || ~isreal(value)
      error('ricci:argument', '%s must be an array of real numbers in floating point, got %s', name, class(value));
    end
    found = size(value);
    wanted(end + 1:2) = {1};
    fits = numel(found) <= numel(wanted);
    where = {};
    for axis = 1:numel(wanted)
      n = size(value, axis);
      if ~ischar(wanted{axis})
        fits = fits && n == wanted{axis};
        wanted{axis} = sprintf('%d', wanted{axis});
        continue
      end
      k = find(strcmp(symbols, wanted{axis}));
      if isempty(k)
        symbols{end + 1} = wanted{axis};
        known(end + 1) = n;
        from{end + 1} = name;
      else
        fits = fits && n == known(k);
        if ~strcmp(from{k}, name)
          where{end + 1} = sprintf('%s = %d from %s', wanted{axis}, known(k), from{k});
        end
      end
    end
    if ~fits
      message = sprintf('%s must be %s', name, strjoin(wanted, '-by-'));
      if ~isempty(where)
        message = sprintf('%s with %s', message, strjoin(unique(where), ', '));
      end
      sizes = arrayfun(@(n) sprintf('%d', n), found, 'UniformOutput', false);
      error('ricci:shape', '%s, got %s', message, strjoin(sizes, '-by-'));
    end
  end
end`,
  },
  einsum: {
    text: `function C = einsum(A, a, B, b, out)
% Product of two arrays whose axes are labelled by letters; letters that are not in OUT are summed over.
  sizes = ones(1, 255);
  for k = 1:numel(a), sizes(double(a(k))) = size(A, k); end
  for k = 1:numel(b), sizes(double(b(k))) = size(B, k); end
  count = @(letters) prod(sizes(double(letters)));
  pages = out(ismember(out, a) & ismember(out, b));
  summed = a(ismember(a, b) & ~ismember(a, out));
  rows = a(~ismember(a, b));
  columns = b(~ismember(b, a));
  A = reshape(axesTo(A, a, [rows, summed, pages]), count(rows), count(summed), count(pages));
  B = reshape(axesTo(B, b, [summed, columns, pages]), count(summed), count(columns), count(pages));
  C = zeros(count(rows), count(columns), count(pages));
  for k = 1:count(pages)
    C(:, :, k) = A(:, :, k) * B(:, :, k);
  end
  have = [rows, columns, pages];
  C = reshape(C, [sizes(double(have)), 1, 1]);
  C = axesTo(C, have, out);
end`,
    needs: ['axesTo'],
  },
  axesTo: {
    text: `function x = axesTo(x, have, want)
% The axes of x, labelled by the letters HAVE, in the order WANT.
  [~, order] = ismember(want, have);
  if numel(order) > 1
    x = permute(x, order);
  end
end`,
  },
  spread: {
    text: `function T = spread(x, pattern, sizes)
% Zeros except where axes with the same number in PATTERN agree: there are the entries of x, whose axis p belongs to the
% number p and repeats if it has one entry.
  strides = [1, cumprod(sizes(1:end - 1))];
  index = 1;
  for p = 1:max(pattern)
    own = pattern == p;
    n = sizes(find(own, 1));
    index = index + reshape((0:n - 1) * sum(strides(own)), [ones(1, p - 1), n, 1]);
  end
  T = zeros(sizes);
  T(index) = x + zeros(size(index));
end`,
  },
  diagonalOf: {
    text: `function y = diagonalOf(x, first, second)
% Entries with equal positions on two axes; the axis SECOND disappears.
  rank = max(second, ndims(x));
  n = size(x, first);
  rest = setdiff(1:rank, [first, second]);
  y = reshape(permute(x, [first, second, rest]), n * n, []);
  y = reshape(y(1:n + 1:end, :), [n, arrayfun(@(axis) size(x, axis), rest), 1]);
  if first > 1
    y = permute(y, [2:first, 1, first + 1:max(rank - 1, 2)]);
  end
end`,
  },
  part: {
    text: `function y = part(x, axis, entries)
% These entries of an axis.
  index = repmat({':'}, 1, max(axis, ndims(x)));
  index{axis} = entries;
  y = x(index{:});
end`,
  },
  eachPage: {
    text: `function Y = eachPage(f, batch, varargin)
% f of every page of the arguments, whose first axes, as many as BATCH, count the pages.
  sizes = arrayfun(@(axis) size(varargin{1}, axis), 1:batch);
  for k = 1:prod(sizes)
    pages = cell(1, numel(varargin));
    for m = 1:numel(varargin)
      own = arrayfun(@(axis) size(varargin{m}, axis), batch + 1:ndims(varargin{m}));
      rows = reshape(varargin{m}, prod(sizes), []);
      pages{m} = reshape(rows(k, :), [own, 1, 1]);
    end
    y = f(pages{:});
    if k == 1
      Y = zeros(prod(sizes), numel(y));
    end
    Y(k, :) = reshape(y, 1, []);
  end
  Y = reshape(Y, [sizes, size(y)]);
end`,
  },
  nthOutput: {
    text: `function y = nthOutput(k, f)
% The k-th of several results.
  all = cell(1, k);
  [all{:}] = f();
  y = all{k};
end`,
  },
  sigmoid: {
    text: `function y = sigmoid(x)
% 1 / (1 + exp(-x)) without overflow.
  z = exp(-abs(x));
  y = (z + (x >= 0) .* (1 - z)) ./ (1 + z);
end`,
  },
  rsqrt0: {
    text: `function y = rsqrt0(x)
% 1 / sqrt(x), and 0 where x = 0.
  y = (x > 0) ./ sqrt(x + (x == 0));
end`,
  },
  softplus: {
    text: `function y = softplus(x)
% log(1 + exp(x)) without overflow.
  y = max(x, 0) + log1p(exp(-abs(x)));
end`,
  },
  huber: {
    text: `function y = huber(x, d)
% x^2 / 2 up to d, linear beyond.
  clipped = min(abs(x), d);
  y = clipped .* (abs(x) - 0.5 * clipped);
end`,
  },
  softmax: {
    text: `function y = softmax(x, axes)
% exp(x) / sum(exp(x)) over the axes, without overflow.
  y = exp(x - largest(x, axes));
  total = y;
  for axis = axes
    total = sum(total, axis);
  end
  y = y ./ total;
end`,
    needs: ['largest'],
  },
  logSumExp: {
    text: `function y = logSumExp(x, axes)
% log(sum(exp(x))) over the axes, without overflow.
  top = largest(x, axes);
  top(~isfinite(top)) = 0;
  y = exp(x - top);
  for axis = axes
    y = sum(y, axis);
  end
  y = log(y) + top;
end`,
    needs: ['largest'],
  },
  largest: {
    text: `function x = largest(x, axes)
% The largest entry over the axes, which keep one entry each.
  for axis = axes
    x = max(x, [], axis);
  end
end`,
  },
  isMax: {
    text: `function y = isMax(x, batch)
% 1 at the first largest entry over the axes after those counted by BATCH, else 0.
  rows = reshape(x, prod(arrayfun(@(axis) size(x, axis), 1:batch)), []);
  [~, at] = max(rows, [], 2);
  y = zeros(size(rows));
  y(sub2ind(size(rows), (1:size(rows, 1))', at)) = 1;
  y = reshape(y, size(x));
end`,
  },
  logDet: {
    text: `function y = logDet(X)
% Logarithm of a determinant, which must be positive (else not a number).
  [~, U, P] = lu(X);
  pivots = diag(U);
  y = NaN;
  if det(P) * prod(sign(pivots)) >= 0
    y = sum(log(abs(pivots)));
  end
end`,
  },
  logDetPd: {
    text: `function y = logDetPd(X)
% Logarithm of the determinant of a symmetric matrix that is positive definite (else not a number).
  [R, failed] = chol(X);
  y = NaN;
  if failed == 0
    y = 2 * sum(log(diag(R)));
  end
end`,
  },
  logAbsDet: {
    text: `function y = logAbsDet(X)
% Logarithm of the absolute value of a determinant.
  [~, U, ~] = lu(X);
  y = sum(log(abs(diag(U))));
end`,
  },
  detDerivative: {
    text: `function D = detDerivative(X, k)
% Signed minors: derivative of det(X) of order k, axes a1, b1, ..., ak, bk; right at singular X too.
  n = size(X, 1);
  D = zeros([n * ones(1, 2 * k), 1]);
  if k > n
    return
  end
  [U, S, V] = svd(X);
  s = diag(S);
  picked = nchoosek(1:n, k);
  weights = zeros(1, size(picked, 1));
  for c = 1:numel(weights)
    weights(c) = det(U) * det(V) * prod(s(setdiff(1:n, picked(c, :))));
  end
  D = (wedges(U, picked) .* weights) * wedges(V, picked)';
  D = permute(reshape(D, [n * ones(1, 2 * k), 1]), [reshape([1:k; k + 1:2 * k], 1, []), 2 * k + 1]);
end`,
    needs: ['wedges'],
  },
  wedges: {
    text: `function W = wedges(U, picked)
% For each row of PICKED, these columns of U multiplied out with alternating signs.
  k = size(picked, 2);
  W = zeros(size(U, 1)^k, size(picked, 1));
  identity = eye(k);
  for order = perms(1:k)'
    for c = 1:size(picked, 1)
      term = det(identity(order, :));
      for m = 1:k
        term = kron(U(:, picked(c, order(m))), term);
      end
      W(:, c) = W(:, c) + term;
    end
  end
end`,
  },
  symmetricEig: {
    text: `function [values, V] = symmetricEig(A)
% Eigenvalues, ascending, and eigenvectors whose largest entry is positive.
  [V, D] = eig((A + A') / 2);
  [values, order] = sort(diag(D));
  V = V(:, order);
  V = V .* leadingSigns(V);
end`,
    needs: ['leadingSigns'],
  },
  thinSvd: {
    text: `function [U, s, V] = thinSvd(A)
% A = U diag(s) V'; the largest entry of each column of V is positive.
  [U, S, V] = svd(A, 'econ');
  s = diag(S);
  signs = leadingSigns(V);
  U = U .* signs;
  V = V .* signs;
end`,
    needs: ['leadingSigns'],
  },
  leadingSigns: {
    text: `function signs = leadingSigns(V)
% The sign of the largest entry of each column; of entries that tie, the first.
  [~, rows] = max(abs(V) >= (1 - 1e-10) * max(abs(V), [], 1), [], 1);
  signs = sign(V(sub2ind(size(V), rows, 1:size(V, 2))));
end`,
  },
  reducedResolvent: {
    text: `function R = reducedResolvent(A, k)
% pinv(w(k) I - A) for the k-th eigenvalue of a symmetric A, the last for k = 0.
  [w, V] = symmetricEig(A);
  k = mod(k - 1, numel(w)) + 1;
  gaps = w(k) - w;
  gaps(k) = Inf;
  R = (V ./ gaps') * V';
end`,
    needs: ['symmetricEig'],
  },
  inverseGaps: {
    text: `function G = inverseGaps(x)
% 1 / (x(j) - x(i)), zero on the diagonal.
  G = 1 ./ (x' - x + diag(Inf(size(x))));
end`,
  },
  lyapMap: {
    text: `function T = lyapMap(R)
% The linear map from A to the L with R L + L R = A, axes of L, then of A.
  n = size(R, 1);
  T = reshape(inv(kron(eye(n), R) + kron(R', eye(n))), [n, n, n, n]);
end`,
  },
  sinm: {
    text: `function Y = sinm(X)
% Matrix sine: a block of exp([0, X; -X, 0]).
  n = size(X, 1);
  E = expm([zeros(n), X; -X, zeros(n)]);
  Y = E(1:n, n + 1:end);
end`,
  },
  cosm: {
    text: `function Y = cosm(X)
% Matrix cosine: a block of exp([0, X; -X, 0]).
  n = size(X, 1);
  E = expm([zeros(n), X; -X, zeros(n)]);
  Y = E(1:n, 1:n);
end`,
  },
  frechet: {
    text: `function D = frechet(f, X, directions)
% Derivative of the matrix function f at X in these directions (Higham 2008, theorem 3.6).
  n = size(X, 1);
  k = numel(directions);
  factors = cellfun(@(E) (norm(X, 'fro') + 1e-300) / (norm(E, 'fro') + 1e-300), directions);
  D = zeros(n);
  for order = perms(1:k)'
    grid = kron(eye(k + 1), X);
    for p = 1:k
      grid((p - 1) * n + (1:n), p * n + (1:n)) = factors(order(p)) * directions{order(p)};
    end
    Y = f(grid);
    D = D + Y(1:n, k * n + 1:end);
  end
  D = D / prod(factors);
end`,
  },
  frechetMap: {
    text: `function T = frechetMap(f, X, directions, free)
% The same with further directions left open, as axes a1, b1, ... behind those of the result.
  n = size(X, 1);
  T = zeros(n * n, n^(2 * free));
  for column = 1:size(T, 2)
    rest = column - 1;
    units = cell(1, free);
    for m = 1:free
      units{m} = zeros(n);
      units{m}(mod(rest, n * n) + 1) = 1;
      rest = floor(rest / (n * n));
    end
    T(:, column) = reshape(frechet(f, X, [directions, units]), [], 1);
  end
  T = reshape(T, n * ones(1, 2 * free + 2));
end`,
    needs: ['frechet'],
  },
  draw: {
    text: `function x = draw(kind, salt, sizes)
% Numbers for the self-check, the same in every run: of both signs, positive, or near the identity.
  hash = @(k) mod(43758.5453 * sin(12.9898 * (1:prod(sizes)) + 78.233 * k), 1);
  x = reshape(0.3 + 1.2 * hash(salt), sizes);
  if kind == 1
    x = x .* reshape(sign(hash(salt + 0.5) - 0.5), sizes);
  elseif kind == 3
    x = 0.2 * x;
    if numel(sizes) == 2 && sizes(2) > 1
      x = x + eye(sizes);
    else
      x = x + 0.2;
    end
  end
end`,
  },
  applied: {
    text: `function y = applied(T, E)
% The last axes of T summed against E.
  y = reshape(T, [], numel(E)) * E(:);
end`,
  },
  relativeError: {
    text: `function err = relativeError(f, claimed)
% Of a derivative along a direction, f(0) at the point, by differences of fourth order.
  h = 1e-3;
  found = (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
  err = max(abs(claimed(:) - found(:))) / max(1, max(abs(found(:))));
end`,
  },
}));
