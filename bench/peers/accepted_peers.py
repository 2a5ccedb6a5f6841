"""The convex problems of the acceptance set in CVXPY."""

from __future__ import annotations

import numpy as np


def model(case, d):
    """The objective and the constraints."""
    import cvxpy as cp

    name = case.removeprefix("accepted-")
    A, b = d.get("A"), d.get("b")
    columns = {"A9": len(d.get("y", [])), "A16": "B", "A20": len(d.get("a", [])), "A34": "P", "A36": "V"}.get(name, "A")
    n = columns if isinstance(columns, int) else np.shape(d[columns])[1] if name != "A23" else 0
    x = cp.Variable(n) if n else None
    least = cp.Minimize(cp.sum_squares(A @ x - b)) if name in ("A1", "A3", "A4", "A45") else None
    if name == "A1":
        return least, []
    if name == "A3":
        return least, [x >= 0]
    if name == "A4":
        return least, [x >= d["l"], x <= d["u"]]
    if name == "A45":
        return least, [cp.norm1(x) <= 0.3]
    if name == "A5":
        return cp.Minimize(cp.sum_squares(A @ x - b) + d["c"] * cp.norm1(x)), []
    if name == "A7":
        return cp.Minimize(0.5 * cp.sum_squares(x) + d["c"] * cp.sum(cp.logistic(cp.multiply(-d["y"], A @ x)))), []
    if name == "A9":
        form = cp.quad_form(x, cp.psd_wrap(d["y"][:, None] * d["K"] * d["y"]))
        return cp.Minimize(0.5 * form - cp.sum(x)), [x >= 0, x <= d["c"], d["y"] @ x == 0]
    if name == "A10":
        beta, xi = cp.Variable(), cp.Variable(len(A))
        return cp.Minimize(0.5 * cp.sum_squares(x) + d["c"] * cp.sum(xi)), [cp.multiply(d["y"], A @ x + beta) >= 1 - xi, xi >= 0]
    if name == "A11":
        xi = cp.Variable(len(A))
        return cp.Minimize(0.5 * cp.sum_squares(x) + d["c"] * cp.sum_squares(xi)), [cp.multiply(d["y"], A @ x) >= 1 - xi, xi >= 0]
    if name == "A12":
        return cp.Minimize(cp.norm1(A @ x - b)), []
    if name == "A13":
        t = cp.Variable()
        return cp.Minimize(t), [A @ x - b <= t, b - A @ x <= t]
    if name == "A15":
        v = cp.Variable(len(A))
        return cp.Minimize(cp.sum_squares(v) + 2 * cp.norm1(A @ x - b - v)), []
    if name == "A16":
        return cp.Minimize(cp.norm1(x)), [d["B"] @ x == d["c"]]
    if name == "A17":
        return cp.Minimize(cp.norm1(x)), [A @ x == b, cp.sum(x) == 1, x >= 0]
    if name == "A20":
        return cp.Minimize(cp.sum_squares(x - d["a"])), [cp.sum(x) == 1, x >= 0]
    if name == "A23":
        X = cp.Variable(np.shape(d["C"]))
        return cp.Minimize(cp.sum(cp.multiply(d["C"], X))), [cp.sum(X, axis=1) == d["r"], cp.sum(X, axis=0) == d["c"], X >= 0]
    if name in ("A27", "A28"):
        return cp.Minimize((d["c"] if name == "A27" else -d["c"]) @ x), [A @ x <= b, x >= 0]
    if name in ("A30", "A54"):
        return cp.Minimize(0.5 * cp.quad_form(x, cp.psd_wrap(d["Q"])) + d["c"] @ x), [A @ x == b]
    if name == "A34":
        P = d["P"]
        return cp.Minimize(cp.sum(cp.norm2(P - np.ones((len(P), 1)) @ cp.reshape(x, (1, n), order="C"), axis=1))), []
    if name == "A36":
        return cp.Minimize(-cp.log_det(d["V"] @ cp.diag(x) @ d["V"].T)), [cp.sum(x) == 1, x >= 0]
    if name == "A47":
        return cp.Minimize(cp.log_sum_exp(A @ x - b) + 0.05 * cp.sum_squares(x)), []
    raise KeyError(case)
