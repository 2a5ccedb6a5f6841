// Functions that the array libraries lack, included in a module when it uses them. One text serves NumPy (with the array
// module as an argument), JAX and PyTorch where the libraries agree.

import type { Helper, Prelude } from './prelude.ts';

const common: Readonly<Record<string, Helper>> = {
  check_shapes: {
    text: `def _check_shapes(**arguments):
    """ValueError where a shape does not fit; a size given by name may be any, the same everywhere."""
    known = {}
    for name, (value, wanted) in arguments.items():
        shape = tuple(value.shape)
        fits = len(shape) == len(wanted)
        for size, want in zip(shape, wanted):
            if isinstance(want, str):
                fits &= size == known.setdefault(want, (size, name))[0]
            else:
                fits &= size == want
        if not fits:
            symbols = "(" + ", ".join(map(str, wanted)) + ("," if len(wanted) == 1 else "") + ")"
            others = [f"{w} = {known[w][0]} from {known[w][1]}" for w in dict.fromkeys(wanted) if w in known and known[w][1] != name]
            where = " with " + ", ".join(others) if others else ""
            raise ValueError(f"{name} must have shape {symbols}{where}, got {shape}")`,
  },
  gram: {
    text: `def _gram(Y):
    """Y.T @ Y, which is symmetric: a large block beside the diagonal is computed once, from rows of Y.T."""
    def products(Z):
        n = Z.shape[0]
        if n <= 256:
            return Z @ Z.T
        a, b, c = Z[: n // 3], Z[n // 3 : 2 * n // 3], Z[2 * n // 3 :]
        ab, ac, bc = a @ b.T, a @ c.T, b @ c.T
        blocks = [[products(a), ab, ac], [ab.T, products(b), bc], [ac.T, bc.T, products(c)]]
        return $xp.concatenate([$xp.concatenate(row, $axis=1) for row in blocks], $axis=0)

    return products(Y.T)`,
  },
  sigmoid: {
    text: `def _sigmoid(x$p):
    """1 / (1 + exp(-x)) without overflow."""
    z = $xp.exp(-$xp.abs(x))
    return $xp.where(x >= 0, 1.0, z) / (1.0 + z)`,
  },
  softplus: {
    text: `def _softplus(x$p):
    """log(1 + exp(x)) without overflow."""
    return $xp.relu(x) + $xp.log1p($xp.exp(-$xp.abs(x)))`,
  },
  rsqrt0: {
    text: `def _rsqrt0(x$p):
    """1 / sqrt(x), and 0 where x = 0."""
    return (x > 0) / $xp.sqrt(x + (x == 0))`,
  },
  step: {
    text: `def _step(x):
    """1 where x > 0, else 0."""
    return (x > 0).to(x.dtype)`,
  },
  huber: {
    text: `def _huber(x, d$p):
    """x^2 / 2 up to d, linear beyond."""
    size = $xp.abs(x)
    return $xp.where(size <= d, 0.5 * x * x, d * (size - 0.5 * d))`,
  },
  softmax: {
    text: `def _softmax(x, axis=None, xp=np):
    """exp(x) / sum(exp(x)) over the axes, without overflow."""
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return e / xp.sum(e, axis=axis, keepdims=True)`,
  },
  logsumexp: {
    text: `def _logsumexp(x, axis=None, xp=np):
    """log(sum(exp(x))) over the axes, without overflow."""
    top = xp.max(x, axis=axis, keepdims=True)
    top = xp.where(xp.isfinite(top), top, 0.0)
    total = xp.log(xp.sum(xp.exp(x - top), axis=axis, keepdims=True)) + top
    return xp.squeeze(total, axis=axis)`,
  },
  special: {
    text: `def _special(xp):
    """The special functions that go with the array module."""
    if xp.__name__ == "cupy":
        import cupyx.scipy.special as special
    else:
        import scipy.special as special
    return special`,
  },
  is_max: {
    text: `def _is_max(x, k$p):
    """1 at the first largest entry over the last k axes, else 0."""
    flat = x.reshape(x.shape[: x.ndim - k] + (-1,))
    first = $xp.argmax(flat, $axis=-1)[..., None]
    return $xp.where($range == first, 1.0, 0.0).reshape(x.shape)`,
  },
  is_min: {
    needs: ['is_max'],
    text: `def _is_min(x, k$p):
    """1 at the first smallest entry over the last k axes, else 0."""
    return _is_max(-x, k$p)`,
  },
  logdet: {
    text: `def _logdet(X$p):
    """Logarithm of a determinant, which must be positive (else not a number)."""
    sign, value = $xp.linalg.slogdet(X)
    return $xp.where(sign > 0, value, $xp.where(sign < 0, $nan, value))`,
  },
  logdetpd: {
    text: `def _logdetpd(X$p):
    """Logarithm of the determinant of a symmetric matrix that is positive definite (else not a number)."""
    values = $xp.linalg.eigvalsh(X)
    return $xp.where(values[..., 0] > 0, $xp.sum($xp.log($xp.where(values > 0, values, 1.0)), $axis=-1), $nan)`,
  },
  det_derivative: {
    text: `def _det_derivative(X, k$p):
    """Signed minors: derivative of det(X) of order k, axes a1, b1, ..., ak, bk; right at singular X too."""
    n = X.shape[-1]
    U, s, Vh = $xp.linalg.svd(X)
    sign = $xp.linalg.det(U) * $xp.linalg.det(Vh)
    rest = np.ones((n,) * k + (n,), dtype=bool)  # which singular values remain without those of the first k axes
    apart = np.ones((n,) * k, dtype=bool)
    for index in np.ndindex(*(n,) * k):
        rest[index + (list(index),)] = False
        apart[index] = len(set(index)) == k
    left = $xp.where($array(rest), s[(...,) + (None,) * k + (slice(None),)], 1.0)
    weights = $xp.where($array(apart), $xp.prod(left, $axis=-1), 0.0) * sign[(...,) + (None,) * k]
    total = 0.0
    for order in itertools.permutations(range(k)):
        swaps = sum(order[i] > order[j] for i in range(k) for j in range(i + 1, k))
        term, axes = weights, "stuvwx"[:k]
        for m in range(k):
            for M, label in ((U, "abcdef"[m] + "stuvwx"[m]), (Vh, "stuvwx"[order[m]] + "ijklmn"[m])):
                kept = "".join(dict.fromkeys(axes + label))
                term, axes = $xp.einsum(f"...{axes},...{label}->...{kept}", term, M), kept
        out = "".join("abcdef"[m] + "ijklmn"[m] for m in range(k))
        total = total + (-1.0) ** swaps * $xp.einsum(f"...{axes}->...{out}", term)
    return total`,
  },
  eigh: {
    text: `def _eigh(A$p):
    """Eigenvalues, ascending, and eigenvectors whose largest entry is positive."""
    values, V = $xp.linalg.eigh(A)
    return values, V * _leading_signs(V$p)[..., None, :]`,
    needs: ['leading_signs'],
  },
  svd: {
    needs: ['leading_signs'],
    text: `def _svd(A$p):
    """U, s, V with A = U diag(s) V', thin; the largest entry of each column of V is positive."""
    U, s, Vh = $xp.linalg.svd(A, full_matrices=False)
    V = $xp.swapaxes(Vh, -1, -2)
    signs = _leading_signs(V$p)[..., None, :]
    return U * signs, s, V * signs`,
  },
  leading_signs: {
    text: `def _leading_signs(V$p):
    """The sign of the largest entry of each column; of entries that tie, the first."""
    size = $xp.abs(V)
    leads = size >= (1 - 1e-10) * $amax(size, $axis=-2)[..., None, :]
    rows = $xp.argmax($int(leads), $axis=-2)
    return $xp.sign($take(V, rows[..., None, :], $axis=-2))[..., 0, :]`,
  },
  reduced_resolvent: {
    text: `def _reduced_resolvent(A, k$p):
    """pinv(w[k] I - A) for the k-th eigenvalue of a symmetric A."""
    w, V = $xp.linalg.eigh(A)
    gaps = w[..., k, None] - w
    at = $range_of(w) == (k % w.shape[-1])
    weights = $xp.where(at, 0.0, 1.0 / $xp.where(at, 1.0, gaps))
    return (V * weights[..., None, :]) @ $xp.swapaxes(V, -1, -2)`,
  },
  gap: {
    text: `def _gap(x$p):
    """1 / (x[j] - x[i]), zero on the diagonal."""
    differences = x[..., None, :] - x[..., :, None]
    diagonal = $eye(x.shape[-1]) > 0
    return $xp.where(diagonal, 0.0, 1.0 / $xp.where(diagonal, 1.0, differences))`,
  },
  cholesky_solve: {
    text: `def _cholesky_solve(L, B, xp, columns=True):
    """Solves L L' X = B for the lower Cholesky factor L; B is a matrix, or with columns=False a vector."""
    if not columns:
        return _cholesky_solve(L, B[..., None], xp)[..., 0]
    if xp is np:
        try:
            from scipy.linalg import cho_solve

            return cho_solve((L, True), B)
        except ImportError:
            pass
    return xp.linalg.solve(xp.swapaxes(L, -1, -2), xp.linalg.solve(L, B))`,
  },
  lyap: {
    needs: ['lyap_system'],
    text: `def _lyap(R, A$p):
    """L with R L + L R = A."""
    n = R.shape[-1]
    return $xp.linalg.solve(_lyap_system(R$p), A.reshape(A.shape[:-2] + (n * n, 1))).reshape(A.shape)`,
  },
  lyap_map: {
    needs: ['lyap_system'],
    text: `def _lyap_map(R$p):
    """The linear map from A to the L with R L + L R = A, axes of L, then of A."""
    n = R.shape[-1]
    return $xp.linalg.inv(_lyap_system(R$p)).reshape(R.shape[:-2] + (n, n, n, n))`,
  },
  lyap_system: {
    text: `def _lyap_system(R$p):
    """The matrix of L -> R L + L R on the entries of L, row by row."""
    n = R.shape[-1]
    identity = $eye(n)
    system = $xp.einsum("...ik,jl->...ijkl", R, identity) + $xp.einsum("...lj,ik->...ijkl", R, identity)
    return system.reshape(R.shape[:-2] + (n * n, n * n))`,
  },
  expm: {
    text: `def _expm(X, xp):
    """Matrix exponential by scaling, a Pade approximant and squaring (Higham 2005)."""
    n = X.shape[-1]
    identity = xp.eye(n)
    mean = xp.trace(X, axis1=-2, axis2=-1)[..., None, None] / n
    A = X - mean * identity
    norm = float(xp.max(xp.sum(xp.abs(A), axis=-2), initial=0.0))
    if not np.isfinite(norm):
        return xp.full(X.shape, xp.nan)
    squarings = max(0, int(np.ceil(np.log2(norm / 5.371920351148152)))) if norm > 0 else 0
    A = A / 2.0**squarings
    b = [64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
         670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1]
    A2 = A @ A
    A4 = A2 @ A2
    A6 = A2 @ A4
    odd = A @ (A6 @ (b[13] * A6 + b[11] * A4 + b[9] * A2) + b[7] * A6 + b[5] * A4 + b[3] * A2 + b[1] * identity)
    even = A6 @ (b[12] * A6 + b[10] * A4 + b[8] * A2) + b[6] * A6 + b[4] * A4 + b[2] * A2 + b[0] * identity
    result = xp.linalg.solve(even - odd, even + odd) * xp.exp(mean / 2.0**squarings)
    for _ in range(squarings):
        result = result @ result
    return result`,
  },
  sinm: {
    needs: ['rotation'],
    text: `def _sinm(X$p):
    """Matrix sine."""
    n = X.shape[-1]
    return _rotation(X$p)[..., :n, n:]`,
  },
  cosm: {
    needs: ['rotation'],
    text: `def _cosm(X$p):
    """Matrix cosine."""
    n = X.shape[-1]
    return _rotation(X$p)[..., :n, :n]`,
  },
  rotation: {
    needs: ['$expm'],
    text: `def _rotation(X$p):
    """exp of [[0, X], [-X, 0]]: cosine and sine of X in its blocks."""
    zero = $xp.zeros_like(X)
    top = $xp.concatenate([zero, X], $axis=-1)
    bottom = $xp.concatenate([-X, zero], $axis=-1)
    return $expm($xp.concatenate([top, bottom], $axis=-2)$p)`,
  },
  sqrtm: {
    text: `def _sqrtm(X$p):
    """Principal square root: Denman-Beavers iteration in product form (Higham 2008, section 6.3), then one correction."""
    identity = $eye(X.shape[-1])
    scale = $xp.sqrt($xp.sum(X * X, $axis=(-2, -1)))[..., None, None]
    M = X / scale
    Y = M
    for _ in range(40):
        inverse = $xp.linalg.inv(M)
        Y = 0.5 * Y @ (identity + inverse)
        M = 0.5 * (identity + 0.5 * (M + inverse))$stop
    return Y * $xp.sqrt(scale)`,
  },
  logm: {
    needs: ['sqrtm'],
    text: `def _logm(X$p):
    """Principal logarithm: square roots until X is near I, then log(I + Z) as an integral (Higham 2008, chapter 11)."""
    identity = $eye(X.shape[-1])
    roots = 0
    while $near:
        X = _sqrtm(X$p)
        roots += 1
    Z = X - identity
    total = $xp.zeros_like(Z)
    for node, weight in zip(*np.polynomial.legendre.leggauss(12)):
        total = total + 0.5 * weight * $xp.linalg.solve(identity + 0.5 * (1.0 + node) * Z, Z)
    return 2.0**roots * total`,
  },
  frechet: {
    text: `def _frechet(f, X, directions$p):
    """Derivative of the matrix function f at X in these directions (Higham 2008, theorem 3.6)."""
    n, k = X.shape[-1], len(directions)
    zero = $xp.zeros_like(X)
    size = $xp.sqrt($xp.sum(X * X)) + 1e-300
    factors = [size / ($xp.sqrt($xp.sum(E * E)) + 1e-300) for E in directions]
    scaled = [c * E for c, E in zip(factors, directions)]
    total = 0.0
    for order in itertools.permutations(scaled):
        rows = [[X if p == q else order[p] if q == p + 1 else zero for q in range(k + 1)] for p in range(k + 1)]
        grid = $xp.concatenate([$xp.concatenate([b + zero for b in row], $axis=-1) for row in rows], $axis=-2)
        total = total + f(grid$p)[..., :n, k * n :]
    for c in factors:
        total = total / c
    return total`,
  },
  frechet_map: {
    needs: ['frechet'],
    text: `def _frechet_map(f, X, directions, free$p):
    """The same with further directions left open, as axes a1, b1, ... behind those of the result."""
    n = X.shape[-1]
    units = $eye(n * n).reshape(n * n, n, n)
    columns = [
        _frechet(f, X, [*directions, *(units[i] + $xp.zeros_like(X) for i in index)]$p)
        for index in itertools.product(range(n * n), repeat=free)
    ]
    return $xp.stack(columns, $axis=-1).reshape(X.shape + (n, n) * free)`,
  },
};

interface Library {
  readonly xp: string;
  /** What calls pass on beyond the arguments: the array module. */
  readonly passed: string;
  readonly words: Readonly<Record<string, string>>;
}

function preludeFor({ xp, passed, words }: Library): Prelude {
  const all: [string, string][] = [...Object.entries(words).sort(([a], [b]) => b.length - a.length), ['$xp', xp], ['$p', passed]];
  const fill = (text: string): string => all.reduce((done, [name, value]) => done.replaceAll(name, value), text);
  return new Map(
    Object.entries(common).map(([name, { text, needs }]) => [
      name,
      { text: fill(text), ...(needs && { needs: needs.map(fill).flatMap((n) => (n.startsWith('_') ? [n.slice(1)] : n.includes('.') ? [] : [n])) }) },
    ]),
  );
}

export const numpyPrelude: Prelude = preludeFor({
  xp: 'xp',
  passed: ', xp',
  words: {
    $axis: 'axis',
    $range_of: '(lambda w: xp.arange(w.shape[-1]))',
    $range: 'xp.arange(flat.shape[-1])',
    $array: 'xp.asarray',
    $amax: 'xp.max',
    $take: 'xp.take_along_axis',
    $int: '',
    $nan: 'xp.nan',
    $eye: 'xp.eye',
    $expm: '_expm',
    $near: 'roots < 60 and float(xp.max(xp.abs(X - identity), initial=0.0)) > 0.05',
    $stop: '\n        if float(xp.max(xp.abs(M - identity), initial=0.0)) < 1e-15 * X.shape[-1]:\n            break',
  },
});

const jaxOwn: Readonly<Record<string, Helper>> = {
  cholesky_solve: {
    text: `def _cholesky_solve(L, B, columns=True):
    """Solves L L' X = B for the lower Cholesky factor L; B is a matrix, or with columns=False a vector."""
    X = jax.scipy.linalg.cho_solve((L, True), B if columns else B[..., None])
    return X if columns else X[..., 0]`,
  },
};

const jaxRoots: Readonly<Record<string, Helper>> = {
  sqrtm: {
    text: `def _sqrtm(X):
    """Principal square root: Denman-Beavers iteration in product form (Higham 2008, section 6.3)."""
    identity = jnp.eye(X.shape[-1])
    scale = jnp.sqrt(jnp.sum(X * X, axis=(-2, -1)))[..., None, None]

    def step(_, pair):
        M, Y = pair
        inverse = jnp.linalg.inv(M)
        return 0.5 * (identity + 0.5 * (M + inverse)), 0.5 * Y @ (identity + inverse)

    _, Y = jax.lax.fori_loop(0, 40, step, (X / scale, X / scale))
    return Y * jnp.sqrt(scale)`,
  },
  logm: {
    needs: ['sqrtm'],
    text: `def _logm(X):
    """Principal logarithm: eight square roots, then log(I + Z) as an integral (Higham 2008, chapter 11)."""
    identity = jnp.eye(X.shape[-1])
    Z = jax.lax.fori_loop(0, 8, lambda _, R: _sqrtm(R), X) - identity
    total = jnp.zeros_like(Z)
    for node, weight in zip(*np.polynomial.legendre.leggauss(12)):
        total = total + 0.5 * weight * jnp.linalg.solve(identity + 0.5 * (1.0 + node) * Z, Z)
    return 2.0**8 * total`,
  },
};

const torchOwn: Readonly<Record<string, Helper>> = {
  cholesky_solve: {
    text: `def _cholesky_solve(L, B, columns=True):
    """Solves L L' X = B for the lower Cholesky factor L; B is a matrix, or with columns=False a vector."""
    X = torch.cholesky_solve(B if columns else B[..., None], L)
    return X if columns else X[..., 0]`,
  },
  is_max: {
    text: `def _is_max(x, k):
    """1 at the first largest entry over the last k axes, else 0."""
    flat = x.reshape(x.shape[: x.ndim - k] + (-1,))
    first = torch.argmax(flat, dim=-1)[..., None]
    return (torch.arange(flat.shape[-1], device=x.device) == first).to(x.dtype).reshape(x.shape)`,
  },
  softmax: {
    text: `def _softmax(x, k):
    """Softmax over the last k axes."""
    return torch.softmax(x.reshape(x.shape[: x.ndim - k] + (-1,)), dim=-1).reshape(x.shape)`,
  },
};

export const jaxPrelude: Prelude = new Map([...preludeFor({
  xp: 'jnp',
  passed: '',
  words: {
    $near: 'False',
    $stop: '',
    $axis: 'axis',
    $range_of: '(lambda w: jnp.arange(w.shape[-1]))',
    $range: 'jnp.arange(flat.shape[-1])',
    $array: 'jnp.asarray',
    $amax: 'jnp.max',
    $take: 'jnp.take_along_axis',
    $int: '',
    $nan: 'jnp.nan',
    $eye: 'jnp.eye',
    $expm: 'jax.scipy.linalg.expm',
  },
}), ...Object.entries(jaxOwn), ...Object.entries(jaxRoots)]);

export const torchPrelude: Prelude = new Map([...preludeFor({
  xp: 'torch',
  passed: '',
  words: {
    $axis: 'dim',
    $range_of: '(lambda w: torch.arange(w.shape[-1], device=w.device))',
    $range: 'torch.arange(flat.shape[-1], device=x.device)',
    $array: 'torch.as_tensor',
    $amax: 'torch.amax',
    $take: 'torch.take_along_dim',
    $int: '(lambda b: b.to(torch.int8))',
    $nan: 'torch.nan',
    $eye: '(lambda n: torch.eye(n, dtype=torch.float64))',
    $expm: 'torch.linalg.matrix_exp',
    $near: 'roots < 60 and float(torch.max(torch.abs(X - identity))) > 0.05',
    $stop: '\n        if float(torch.max(torch.abs(M - identity))) < 1e-15 * X.shape[-1]:\n            break',
  },
}), ...Object.entries(torchOwn)]);
