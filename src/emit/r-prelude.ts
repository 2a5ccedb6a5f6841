// Functions that base R lacks, with a dot before their name, in files that use them.

import type { Prelude } from './prelude.ts';

export const rPrelude: Prelude = new Map(Object.entries({
  check_shapes: {
    text: `# Error where a shape does not fit; a size given by a symbol may be any, the same everywhere.
.check_shapes <- function(...) {
  describe <- function(shape) {
    sizes <- paste(shape, collapse = " x ")
    if (length(shape) == 0) "a number"
    else if (length(shape) == 1) sprintf("a vector of length %s", sizes)
    else sprintf("%s of %s", if (length(shape) == 2) "a matrix" else "an array", sizes)
  }
  known <- list()
  arguments <- list(...)
  for (name in names(arguments)) {
    value <- arguments[[name]][[1]]
    wanted <- arguments[[name]][-1]
    shape <- if (!is.null(dim(value))) dim(value) else if (length(wanted) == 0 && length(value) == 1) integer(0) else length(value)
    fits <- length(shape) == length(wanted)
    where <- character(0)
    for (axis in seq_len(min(length(shape), length(wanted)))) {
      want <- wanted[[axis]]
      if (!is.character(want)) {
        fits <- fits && shape[axis] == want
      } else if (is.null(known[[want]])) {
        known[[want]] <- list(size = shape[axis], from = name)
      } else {
        fits <- fits && shape[axis] == known[[want]]$size
        if (known[[want]]$from != name) where <- c(where, sprintf("%s = %d from %s", want, known[[want]]$size, known[[want]]$from))
      }
    }
    if (!fits) {
      said <- if (length(where) > 0) paste(" with", paste(unique(where), collapse = ", ")) else ""
      stop(sprintf("%s must be %s%s, got %s", name, describe(unlist(wanted)), said, describe(shape)), call. = FALSE)
    }
  }
}`,
  },
  einsum: {
    text: `# Product of two arrays whose axes are labelled by letters; letters that are not in \`out\` are summed over.
.einsum <- function(A, a, B, b, out) {
  letters_of <- function(text) strsplit(text, "")[[1]]
  a <- letters_of(a)
  b <- letters_of(b)
  out <- letters_of(out)
  shape <- function(x) if (is.null(dim(x))) length(x) else dim(x)
  sizes <- c(shape(A), shape(B))
  names(sizes) <- c(a, b)
  count <- function(of) prod(sizes[of])
  ordered <- function(x, have, want) if (length(have) > 1) aperm(x, match(want, have)) else x
  pages <- intersect(out, intersect(a, b))
  summed <- setdiff(intersect(a, b), out)
  rows <- setdiff(a, b)
  columns <- setdiff(b, a)
  A <- array(ordered(A, a, c(rows, summed, pages)), c(count(rows) * count(summed), count(pages)))
  B <- array(ordered(B, b, c(summed, columns, pages)), c(count(summed) * count(columns), count(pages)))
  C <- vapply(
    seq_len(count(pages)),
    function(k) c(matrix(A[, k], count(rows)) %*% matrix(B[, k], count(summed))),
    numeric(count(rows) * count(columns))
  )
  have <- c(rows, columns, pages)
  if (length(out) < 2) c(C) else aperm(array(C, sizes[have]), match(out, have))
}`,
  },
  spread: {
    text: `# Zeros except where axes with the same number in \`pattern\` agree: there are the entries of x, whose axis p belongs to
# the number p.
.spread <- function(x, pattern, sizes) {
  strides <- cumprod(c(1, sizes))[seq_along(sizes)]
  index <- 1
  for (p in seq_len(max(pattern))) {
    n <- sizes[match(p, pattern)]
    index <- c(outer(index, (seq_len(n) - 1) * sum(strides[pattern == p]), "+"))
  }
  result <- array(0, sizes)
  result[index] <- x
  result
}`,
  },
  along: {
    text: `# An array of these sizes with x along some of its axes, repeated along the others.
.along <- function(x, axes, sizes) {
  all <- c(axes, setdiff(seq_along(sizes), axes))
  aperm(array(x, sizes[all]), order(all))
}`,
  },
  diagonal: {
    text: `# Entries with equal positions on two axes; the second disappears.
.diagonal <- function(x, first, second) {
  n <- dim(x)[first]
  rest <- setdiff(seq_along(dim(x)), c(first, second))
  rows <- matrix(aperm(x, c(first, second, rest)), n * n)[(seq_len(n) - 1) * (n + 1) + 1, , drop = FALSE]
  aperm(array(rows, dim(x)[c(first, rest)]), order(c(first, rest)))
}`,
  },
  pad: {
    text: `# Zeros around an axis, so that it has \`whole\` entries and its own begin behind \`offset\` others.
.pad <- function(x, axis, offset, whole) {
  n <- dim(x)[axis]
  place <- diag(whole)[, offset + seq_len(n), drop = FALSE]
  rest <- setdiff(seq_along(dim(x)), axis)
  rows <- place %*% matrix(aperm(x, c(axis, rest)), n)
  aperm(array(rows, c(whole, dim(x)[rest])), order(c(axis, rest)))
}`,
  },
  each_page: {
    text: `# f of every page of the arguments, whose first axes, as many as \`batch\`, count the pages.
.each_page <- function(f, batch, ...) {
  arguments <- list(...)
  sizes <- dim(arguments[[1]])[seq_len(batch)]
  pages <- lapply(seq_len(prod(sizes)), function(k) {
    do.call(f, lapply(arguments, function(x) {
      own <- dim(x)[-seq_len(batch)]
      page <- matrix(x, prod(sizes))[k, ]
      if (length(own) > 1) array(page, own) else page
    }))
  })
  own <- if (!is.null(dim(pages[[1]]))) dim(pages[[1]]) else if (length(pages[[1]]) > 1) length(pages[[1]])
  entries <- do.call(rbind, lapply(pages, c))
  if (length(c(sizes, own)) > 1) array(entries, c(sizes, own)) else c(entries)
}`,
  },
  rows: {
    text: `# A matrix with a row for each place on the first axes, as many as \`batch\`.
.rows <- function(x, batch) {
  matrix(x, if (batch == 0) 1 else prod(dim(x)[seq_len(batch)]))
}`,
  },
  shaped: {
    text: `# These entries in the shape of x.
.shaped <- function(entries, x) {
  if (is.null(dim(x))) c(entries) else array(entries, dim(x))
}`,
  },
  rsqrt0: {
    text: `# 1 / sqrt(x), and 0 where x = 0.
.rsqrt0 <- function(x) (x > 0) / sqrt(x + (x == 0))`,
  },
  softplus: {
    text: `# log(1 + exp(x)) without overflow.
.softplus <- function(x) {
  pmax(x, 0) + log1p(exp(-abs(x)))
}`,
  },
  huber: {
    text: `# x^2 / 2 up to d, linear beyond.
.huber <- function(x, d) {
  clipped <- pmin(abs(x), d)
  clipped * (abs(x) - 0.5 * clipped)
}`,
  },
  erf: {
    text: `# Error function, by the distribution function of chi-squared with one degree of freedom.
.erf <- function(x) {
  sign(x) * pgamma(x^2, 0.5)
}`,
  },
  softmax: {
    text: `# exp(x) / sum(exp(x)) without overflow, for each place on the first axes, as many as \`batch\`.
.softmax <- function(x, batch = 0) {
  rows <- .rows(x, batch)
  e <- exp(rows - apply(rows, 1, max))
  .shaped(e / rowSums(e), x)
}`,
    needs: ['rows', 'shaped'],
  },
  log_sum_exp: {
    text: `# log(sum(exp(x))) without overflow, for each place on the first axes, as many as \`batch\`.
.log_sum_exp <- function(x, batch = 0) {
  rows <- .rows(x, batch)
  top <- apply(rows, 1, max)
  top[!is.finite(top)] <- 0
  y <- log(rowSums(exp(rows - top))) + top
  if (batch > 1) array(y, dim(x)[seq_len(batch)]) else y
}`,
    needs: ['rows'],
  },
  is_max: {
    text: `# 1 at the first largest entry over the axes behind those counted by \`batch\`, else 0.
.is_max <- function(x, batch = 0) {
  rows <- .rows(x, batch)
  y <- array(0, dim(rows))
  y[cbind(seq_len(nrow(rows)), apply(rows, 1, which.max))] <- 1
  .shaped(y, x)
}`,
    needs: ['rows', 'shaped'],
  },
  tril: {
    text: `# The lower triangle.
.tril <- function(X) {
  X[upper.tri(X)] <- 0
  X
}`,
  },
  logdet: {
    text: `# Logarithm of a determinant, which must be positive (else not a number).
.logdet <- function(X) {
  d <- determinant(X)
  if (d$sign < 0) NaN else as.numeric(d$modulus)
}`,
  },
  logdetpd: {
    text: `# Logarithm of the determinant of a symmetric matrix that is positive definite (else not a number).
.logdetpd <- function(X) {
  tryCatch(2 * sum(log(diag(chol(X)))), error = function(e) NaN)
}`,
  },
  det_derivative: {
    text: `# Signed minors: derivative of det(X) of order k, axes a1, b1, ..., ak, bk; right at singular X too.
.det_derivative <- function(X, k) {
  n <- nrow(X)
  if (k > n) return(array(0, rep(n, 2 * k)))
  s <- svd(X)
  picked <- combn(n, k)
  weights <- det(s$u) * det(s$v) * apply(picked, 2, function(own) prod(s$d[-own]))
  D <- .wedges(s$u, picked) %*% (weights * t(.wedges(s$v, picked)))
  aperm(array(D, rep(n, 2 * k)), c(rbind(seq_len(k), k + seq_len(k))))
}`,
    needs: ['wedges'],
  },
  wedges: {
    text: `# For each column of \`picked\`, these columns of U multiplied out with alternating signs.
.wedges <- function(U, picked) {
  k <- nrow(picked)
  orders <- .orders(k)
  wedge <- function(own) {
    terms <- apply(orders, 1, function(order) {
      term <- det(diag(k)[order, , drop = FALSE])
      for (m in order) term <- kronecker(U[, own[m]], term)
      term
    })
    rowSums(matrix(terms, nrow(U)^k))
  }
  matrix(apply(picked, 2, wedge), nrow(U)^k)
}`,
    needs: ['orders'],
  },
  orders: {
    text: `# All orders of 1, ..., k, one a row.
.orders <- function(k) {
  all <- as.matrix(expand.grid(rep(list(seq_len(k)), k)))
  all[apply(all, 1, anyDuplicated) == 0, , drop = FALSE]
}`,
  },
  symmetric_eigen: {
    text: `# Eigenvalues, ascending, and eigenvectors whose largest entry is positive.
.symmetric_eigen <- function(A) {
  e <- eigen((A + t(A)) / 2, symmetric = TRUE)
  V <- e$vectors[, rev(seq_along(e$values)), drop = FALSE]
  list(values = rev(e$values), vectors = V * rep(.leading_signs(V), each = nrow(V)))
}`,
    needs: ['leading_signs'],
  },
  thin_svd: {
    text: `# A = u diag(d) v'; the largest entry of each column of v is positive.
.thin_svd <- function(A) {
  s <- svd(A)
  signs <- .leading_signs(s$v)
  list(d = s$d, u = s$u * rep(signs, each = nrow(s$u)), v = s$v * rep(signs, each = nrow(s$v)))
}`,
    needs: ['leading_signs'],
  },
  leading_signs: {
    text: `# The sign of the largest entry of each column; of entries that tie, the first.
.leading_signs <- function(V) {
  apply(V, 2, function(v) sign(v[which(abs(v) >= (1 - 1e-10) * max(abs(v)))[1]]))
}`,
  },
  reduced_resolvent: {
    text: `# pinv(w[k] I - A) for the k-th eigenvalue of a symmetric A, the last for k = 0.
.reduced_resolvent <- function(A, k) {
  e <- .symmetric_eigen(A)
  if (k == 0) k <- length(e$values)
  gaps <- e$values[k] - e$values
  gaps[k] <- Inf
  e$vectors %*% (t(e$vectors) / gaps)
}`,
    needs: ['symmetric_eigen'],
  },
  inverse_gaps: {
    text: `# 1 / (x[j] - x[i]), zero on the diagonal.
.inverse_gaps <- function(x) {
  gaps <- -outer(x, x, "-")
  diag(gaps) <- Inf
  1 / gaps
}`,
  },
  pinv: {
    text: `# Moore-Penrose inverse.
.pinv <- function(A) {
  s <- svd(A)
  own <- s$d > max(dim(A)) * .Machine$double.eps * s$d[1]
  s$v[, own, drop = FALSE] %*% (t(s$u[, own, drop = FALSE]) / s$d[own])
}`,
  },
  lyap: {
    text: `# L with R L + L R = A.
.lyap <- function(R, A) {
  I <- diag(nrow(R))
  matrix(solve(kronecker(I, R) + kronecker(t(R), I), c(A)), nrow(R))
}`,
  },
  lyap_map: {
    text: `# The linear map from A to the L with R L + L R = A, axes of L, then of A.
.lyap_map <- function(R) {
  I <- diag(nrow(R))
  array(solve(kronecker(I, R) + kronecker(t(R), I)), rep(nrow(R), 4))
}`,
  },
  expm: {
    text: `# Matrix exponential by scaling, a Pade approximant and squaring (Higham 2005).
.expm <- function(X) {
  I <- diag(nrow(X))
  mean <- sum(diag(X)) / nrow(X)
  A <- X - mean * I
  size <- norm(A, "1")
  if (!is.finite(size)) return(matrix(NaN, nrow(X), ncol(X)))
  squarings <- if (size > 0) max(0, ceiling(log2(size / 5.371920351148152))) else 0
  A <- A / 2^squarings
  b <- c(64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
         670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)
  A2 <- A %*% A
  A4 <- A2 %*% A2
  A6 <- A2 %*% A4
  odd <- A %*% (A6 %*% (b[14] * A6 + b[12] * A4 + b[10] * A2) + b[8] * A6 + b[6] * A4 + b[4] * A2 + b[2] * I)
  even <- A6 %*% (b[13] * A6 + b[11] * A4 + b[9] * A2) + b[7] * A6 + b[5] * A4 + b[3] * A2 + b[1] * I
  result <- solve(even - odd, even + odd) * exp(mean / 2^squarings)
  for (k in seq_len(squarings)) result <- result %*% result
  result
}`,
  },
  rotation: {
    text: `# exp of [[0, X], [-X, 0]]: cosine and sine of X in its blocks.
.rotation <- function(X) {
  zero <- 0 * X
  .expm(rbind(cbind(zero, X), cbind(-X, zero)))
}`,
    needs: ['expm'],
  },
  sinm: {
    text: `# Matrix sine.
.sinm <- function(X) {
  n <- nrow(X)
  .rotation(X)[seq_len(n), n + seq_len(n), drop = FALSE]
}`,
    needs: ['rotation'],
  },
  cosm: {
    text: `# Matrix cosine.
.cosm <- function(X) {
  n <- nrow(X)
  .rotation(X)[seq_len(n), seq_len(n), drop = FALSE]
}`,
    needs: ['rotation'],
  },
  sqrtm: {
    text: `# Principal square root: Denman-Beavers iteration in product form (Higham 2008, section 6.3).
.sqrtm <- function(X) {
  I <- diag(nrow(X))
  scale <- norm(X, "F")
  M <- X / scale
  Y <- M
  for (k in seq_len(40)) {
    inverse <- solve(M)
    Y <- 0.5 * Y %*% (I + inverse)
    M <- 0.5 * (I + 0.5 * (M + inverse))
    if (max(abs(M - I)) < 1e-15 * nrow(X)) break
  }
  Y * sqrt(scale)
}`,
  },
  logm: {
    text: `# Principal logarithm: square roots until X is near I, then log(I + Z) as an integral by Gauss's rule with 12 points, whose
# nodes are eigenvalues (Higham 2008, chapter 11; Golub and Welsch 1969).
.logm <- function(X) {
  I <- diag(nrow(X))
  roots <- 0
  while (roots < 60 && max(abs(X - I)) > 0.05) {
    X <- .sqrtm(X)
    roots <- roots + 1
  }
  Z <- X - I
  k <- 1:11
  jacobi <- diag(0, 12)
  jacobi[cbind(k, k + 1)] <- k / sqrt(4 * k^2 - 1)
  rule <- eigen(jacobi + t(jacobi), symmetric = TRUE)
  total <- 0 * Z
  for (m in 1:12) total <- total + rule$vectors[1, m]^2 * solve(I + 0.5 * (1 + rule$values[m]) * Z, Z)
  2^roots * total
}`,
    needs: ['sqrtm'],
  },
  frechet: {
    text: `# Derivative of the matrix function f at X in these directions (Higham 2008, theorem 3.6).
.frechet <- function(f, X, directions) {
  n <- nrow(X)
  k <- length(directions)
  scaled <- lapply(directions, function(E) E * (norm(X, "F") / (norm(E, "F") + 1e-300)))
  total <- 0 * X
  orders <- .orders(k)
  for (row in seq_len(nrow(orders))) {
    grid <- kronecker(diag(k + 1), X)
    for (p in seq_len(k)) grid[(p - 1) * n + seq_len(n), p * n + seq_len(n)] <- scaled[[orders[row, p]]]
    total <- total + f(grid)[seq_len(n), k * n + seq_len(n)]
  }
  for (E in directions) total <- total * ((norm(E, "F") + 1e-300) / norm(X, "F"))
  total
}`,
    needs: ['orders'],
  },
  frechet_map: {
    text: `# The same with further directions left open, as axes a1, b1, ... behind those of the result.
.frechet_map <- function(f, X, directions, free) {
  n <- nrow(X)
  columns <- as.matrix(expand.grid(rep(list(seq_len(n * n)), free)))
  unit <- function(i) matrix(as.numeric(seq_len(n * n) == i), n)
  array(apply(columns, 1, function(at) .frechet(f, X, c(directions, lapply(at, unit)))), rep(n, 2 * free + 2))
}`,
    needs: ['frechet'],
  },
  draw: {
    text: `# Numbers for the self-check, the same in every run: of both signs, positive, or near the identity.
.draw <- function(kind, salt, ...) {
  sizes <- c(...)
  hash <- function(k) (43758.5453 * sin(12.9898 * seq_len(prod(sizes)) + 78.233 * k)) %% 1
  x <- 0.3 + 1.2 * hash(salt)
  if (kind == 1) x <- x * sign(hash(salt + 0.5) - 0.5)
  if (kind == 3) x <- 0.2 * x + (if (length(sizes) == 2) c(diag(1, sizes[1], sizes[2])) else 0.2)
  if (length(sizes) > 1) array(x, sizes) else x
}`,
  },
  relative_error: {
    text: `# Of a derivative along a direction, f(0) at the point, by differences of fourth order.
.relative_error <- function(f, claimed) {
  h <- 1e-3
  found <- (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h)
  max(abs(c(claimed) - c(found))) / max(1, abs(found))
}`,
  },
}));
