"""The small models of the solver's benchmark in CVXPY, and what judges their variables."""

from __future__ import annotations

import numpy as np

norm = np.linalg.norm


def softmax(z):
    return float(np.logaddexp.reduce(z))


def groups(x):
    return sum(norm(part) for part in np.reshape(x, (-1, 5)))


def huber(r):
    r = abs(r)
    return np.sum(np.where(r <= 1, 0.5 * r * r, r - 0.5))


OBJECTIVES = {
    "small-bounds": lambda d, x: norm(d["A"] @ x - d["b"]) ** 2,
    "small-lp": lambda d, x: d["c"] @ x,
    "small-qp": lambda d, x: 0.5 * x @ d["Q"] @ x + d["c"] @ x,
    "small-entropy": lambda d, x: -np.sum(x * np.log(x)),
    "small-geometric": lambda d, x: softmax(d["A"] @ x + d["b"]),
    "small-huber": lambda d, x: huber(d["A"] @ x - d["b"]),
    "small-l1": lambda d, x: norm(d["A"] @ x - d["b"], 1),
    "small-minmax": lambda d, x: np.max(d["A"] @ x + d["b"]),
    "small-balls": lambda d, x: d["c"] @ x,
    "small-semidefinite": lambda d, X: np.sum(d["C"] * X),
    "small-groups": lambda d, x: 0.5 * norm(d["A"] @ x - d["b"]) ** 2 + d["c"] * groups(x),
    "small-robust-lp": lambda d, x: d["c"] @ x,
    "small-root-lasso": lambda d, x: norm(d["A"] @ x - d["b"]) + d["c"] * norm(x, 1),
}


def model(case, d):
    """The objective, the constraints, and the variable."""
    import cvxpy as cp

    name = case.removeprefix("small-")
    if name == "semidefinite":
        X = cp.Variable(d["C"].shape, PSD=True)
        return cp.Minimize(cp.trace(d["C"] @ X)), [cp.diag(X) == 1], X
    A, b = d.get("A"), d["b"]
    x = cp.Variable(len(d["c"]) if name in ("lp", "robust-lp") else A.shape[1])
    if name == "bounds":
        return cp.Minimize(cp.sum_squares(A @ x - b)), [x >= -0.2, x <= 0.2], x
    if name == "lp":
        return cp.Minimize(d["c"] @ x), [A @ x <= b, x >= 0, x <= 10], x
    if name == "qp":
        return cp.Minimize(0.5 * cp.quad_form(x, cp.psd_wrap(d["Q"])) + d["c"] @ x), [A @ x == b, d["G"] @ x <= d["h"]], x
    if name == "entropy":
        return cp.Maximize(cp.sum(cp.entr(x))), [A @ x == b, cp.sum(x) == 1], x
    if name == "geometric":
        return cp.Minimize(cp.log_sum_exp(A @ x + b)), [cp.log_sum_exp(d["G"] @ x + d["h"]) <= 0], x
    if name == "huber":
        return cp.Minimize(cp.sum(cp.huber(A @ x - b)) / 2), [], x
    if name == "l1":
        return cp.Minimize(cp.norm1(A @ x - b)), [], x
    if name == "minmax":
        return cp.Minimize(cp.max(A @ x + b)), [cp.norm_inf(x) <= 1], x
    if name == "balls":
        return cp.Minimize(d["c"] @ x), [cp.norm2(A @ x - b) <= 3, cp.norm2(x) <= 2], x
    if name == "groups":
        lengths = cp.sum(cp.norm2(cp.reshape(x, (len(A[0]) // 5, 5), order="C"), axis=1))
        return cp.Minimize(0.5 * cp.sum_squares(A @ x - b) + d["c"] * lengths), [], x
    if name == "robust-lp":
        rows = [d[f"a{i}"] @ x + cp.norm2(d[f"P{i}"].T @ x) <= b[i - 1] for i in (1, 2, 3)]
        return cp.Minimize(d["c"] @ x), rows, x
    return cp.Minimize(cp.norm2(A @ x - b) + d["c"] * cp.norm1(x)), [], x
