"""The problems of the solver's benchmark as scikit-learn, SciPy, CVXPY with Clarabel, and genosolver are asked to solve them.

`ways(case, peer, data)` gives callables that start from the data and return the variables and the number of evaluations;
`objective(case, data)` judges what they return.
"""

from __future__ import annotations

import numpy as np

import accepted_peers
import small_peers


def softplus(z):
    return np.logaddexp(0, z)


def logistic_value(d, w):
    return 0.5 * w @ w + d["c"] * softplus(-d["y"] * (d["A"] @ w)).sum()


def net_value(d, alpha, x):
    r = d["A"] @ x - d["b"]
    return r @ r / (2 * d["m"]) + alpha * d["ratio"] * abs(x).sum() + 0.5 * alpha * (1 - d["ratio"]) * (x @ x)


def squares(d, x):
    r = d["A"] @ x - d["b"]
    return r @ r


def logistic_fg(d):
    A, y, c = d["A"], d["y"], d["c"]

    def fg(w):
        z = -y * (A @ w)
        share = 1 / (1 + np.exp(-np.clip(z, -700, 700)))
        return 0.5 * w @ w + c * softplus(z).sum(), w - c * (A.T @ (y * share))

    return fg


def squares_fg(d):
    A, b = d["A"], d["b"]

    def fg(x):
        r = A @ x - b
        return r @ r, 2 * (A.T @ r)

    return fg


def hinges(d, w):
    return 0.5 * w @ w + d["c"] * np.sum(np.maximum(1 - d["y"] * (d["A"] @ w), 0) ** 2)


def huber(d, x):
    return small_peers.huber(d["A"] @ x - d["b"])


OBJECTIVES = {
    "squared-hinge": hinges,
    "huber-many": huber,
    "logistic-sparse": logistic_value,
    "logistic-dense": logistic_value,
    "logistic-scaled": logistic_value,
    "lasso": lambda d, x: squares(d, x) + d["c"] * abs(x).sum(),
    "svm-dual": lambda d, a: 0.5 * (a * d["y"]) @ d["K"] @ (a * d["y"]) - a.sum(),
    "nnls": squares,
    "box-least-squares": squares,
    "nmf": lambda d, x: np.linalg.norm(x[0] @ x[1] - d["X"]) ** 2,
    "elastic-net-path": lambda d, xs: sum(net_value(d, a, x) for a, x in zip(d["path"], xs)),
    "portfolio": lambda d, x: d["g"] * (np.sum((d["F"].T @ x) ** 2) + d["d"] @ x**2) - d["mu"] @ x,
    "norm-cone": lambda d, x: x @ x,
}


def sklearn_ways(case, d):
    if case.startswith("logistic"):
        from sklearn.linear_model import LogisticRegression

        def fit(**options):
            model = LogisticRegression(C=d["c"], fit_intercept=False, **options).fit(d["A"], d["y"])
            return model.coef_[0], int(np.max(model.n_iter_))

        return {
            "lbfgs": lambda: fit(),
            "lbfgs, tol=1e-8": lambda: fit(tol=1e-8, max_iter=10000),
            "newton-cholesky": lambda: fit(solver="newton-cholesky"),
            "newton-cholesky, tol=1e-8": lambda: fit(solver="newton-cholesky", tol=1e-8),
            "liblinear, tol=1e-8": lambda: fit(solver="liblinear", tol=1e-8, max_iter=10000),
        }
    if case == "lasso":
        from sklearn.linear_model import Lasso

        def fit(**options):
            model = Lasso(alpha=d["c"] / (2 * len(d["b"])), fit_intercept=False, **options).fit(d["A"], d["b"])
            return model.coef_, int(model.n_iter_)

        return {"Lasso": lambda: fit(), "Lasso, tol=1e-8": lambda: fit(tol=1e-8, max_iter=100000)}
    if case == "svm-dual":
        from sklearn.svm import SVC

        def fit(**options):
            model = SVC(C=d["c"], kernel="precomputed", **options).fit(d["K"], d["y"])
            a = np.zeros(len(d["y"]))
            a[model.support_] = abs(model.dual_coef_[0])
            return a, int(np.max(model.n_iter_))

        return {"SVC": lambda: fit(), "SVC, tol=1e-6": lambda: fit(tol=1e-6)}
    if case == "squared-hinge":
        from sklearn.svm import LinearSVC

        def fit(**options):
            model = LinearSVC(C=d["c"], loss="squared_hinge", dual=False, fit_intercept=False, **options).fit(d["A"], d["y"])
            return model.coef_[0], int(np.max(model.n_iter_))

        return {"LinearSVC": lambda: fit(), "LinearSVC, tol=1e-8": lambda: fit(tol=1e-8, max_iter=100000)}
    if case == "huber-many":
        from scipy.optimize import least_squares, minimize

        A, b = d["A"], d["b"]

        def fg(x):
            r = A @ x - b
            return small_peers.huber(r), A.T @ np.clip(r, -1, 1)

        def quasi_newton():
            found = minimize(fg, np.zeros(A.shape[1]), jac=True, method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-6, "maxiter": 10000})
            return found.x, int(found.nfev)

        def gauss_newton():
            found = least_squares(lambda x: A @ x - b, np.zeros(A.shape[1]), jac=lambda x: A, loss="huber")
            return found.x, int(found.nfev)

        return {"scipy.optimize.minimize": quasi_newton, "scipy.optimize.least_squares": gauss_newton}
    if case in ("nnls", "box-least-squares"):
        from scipy.optimize import nnls
        from sklearn.linear_model import LinearRegression

        def fit():
            return LinearRegression(positive=True, fit_intercept=False).fit(d["A"], d["b"]).coef_, 0

        return {"LinearRegression(positive=True)": fit, "scipy.optimize.nnls": lambda: (nnls(d["A"], d["b"])[0], 0)}
    if case == "nmf":
        from sklearn.decomposition import NMF

        def fit(**options):
            model = NMF(d["U"].shape[1], init="custom", **options)
            U = model.fit_transform(d["X"], W=d["U"].copy(), H=d["V"].copy())
            return (U, model.components_), int(model.n_iter_)

        return {"NMF": lambda: fit(), "NMF, 6500 sweeps": lambda: fit(tol=1e-9, max_iter=6500)}
    if case == "elastic-net-path":
        from sklearn.linear_model import enet_path

        def fit(**options):
            _, coefs, _ = enet_path(d["A"], d["b"], l1_ratio=d["ratio"], alphas=np.array(d["path"]), **options)
            return list(coefs.T), 0

        return {"enet_path": lambda: fit(), "enet_path, tol=1e-8": lambda: fit(tol=1e-8, max_iter=100000)}
    return {}


def cvxpy_ways(case, d):
    import cvxpy as cp

    def solved(problem, x):
        problem.solve(solver=cp.CLARABEL)
        return x.value, int(problem.solver_stats.num_iters or 0)

    def run():
        if case.startswith("accepted-"):
            problem = cp.Problem(*accepted_peers.model(case, d))
            problem.solve(solver=cp.CLARABEL)
            return problem.value, int(problem.solver_stats.num_iters or 0)
        if case.startswith("small-"):
            goal, rows, x = small_peers.model(case, d)
            return solved(cp.Problem(goal, rows), x)
        if case.startswith("logistic"):
            w = cp.Variable(d["A"].shape[1])
            loss = cp.sum(cp.logistic(cp.multiply(-d["y"], d["A"] @ w)))
            return solved(cp.Problem(cp.Minimize(0.5 * cp.sum_squares(w) + d["c"] * loss)), w)
        if case == "lasso":
            x = cp.Variable(d["A"].shape[1])
            return solved(cp.Problem(cp.Minimize(cp.sum_squares(d["A"] @ x - d["b"]) + d["c"] * cp.norm1(x))), x)
        if case == "squared-hinge":
            w = cp.Variable(d["A"].shape[1])
            loss = cp.sum_squares(cp.pos(1 - cp.multiply(d["y"], d["A"] @ w)))
            return solved(cp.Problem(cp.Minimize(0.5 * cp.sum_squares(w) + d["c"] * loss)), w)
        if case == "huber-many":
            x = cp.Variable(d["A"].shape[1])
            return solved(cp.Problem(cp.Minimize(cp.sum(cp.huber(d["A"] @ x - d["b"])) / 2)), x)
        if case == "svm-dual":
            a = cp.Variable(len(d["y"]))
            Q = d["y"][:, None] * d["K"] * d["y"]
            form = cp.quad_form(a, cp.psd_wrap(Q))
            return solved(cp.Problem(cp.Minimize(0.5 * form - cp.sum(a)), [a >= 0, a <= d["c"], d["y"] @ a == 0]), a)
        if case in ("nnls", "box-least-squares"):
            x = cp.Variable(d["A"].shape[1])
            return solved(cp.Problem(cp.Minimize(cp.sum_squares(d["A"] @ x - d["b"])), [x >= 0]), x)
        if case == "elastic-net-path":
            x = cp.Variable(d["A"].shape[1])
            alpha = cp.Parameter(nonneg=True)
            fit = cp.sum_squares(d["A"] @ x - d["b"]) / (2 * d["m"])
            penalty = d["ratio"] * cp.norm1(x) + 0.5 * (1 - d["ratio"]) * cp.sum_squares(x)
            problem = cp.Problem(cp.Minimize(fit + alpha * penalty))
            found = []
            for value in d["path"]:
                alpha.value = value
                found.append(solved(problem, x)[0])
            return found, 0
        if case == "portfolio":
            x = cp.Variable(len(d["mu"]))
            risk = cp.sum_squares(d["F"].T @ x) + cp.sum(cp.multiply(d["d"], cp.square(x)))
            return solved(cp.Problem(cp.Minimize(d["g"] * risk - d["mu"] @ x), [cp.sum(x) == 1, x >= 0]), x)
        x = cp.Variable(d["A"].shape[1])
        return solved(cp.Problem(cp.Minimize(cp.sum_squares(x)), [cp.norm2(d["A"] @ x - d["b"]) <= d["t"]]), x)

    return {} if case == "nmf" else {"Clarabel": run}


def geno_ways(case, d):
    from genosolver import minimize

    def solved(fg, x0, **bounds):
        result = minimize(fg, x0, **bounds)
        return result.x, int(result.nfev)

    def logistic():
        return solved(logistic_fg(d), np.zeros(d["A"].shape[1]))

    def nnls():
        n = d["A"].shape[1]
        return solved(squares_fg(d), np.zeros(n), lb=np.zeros(n), ub=np.full(n, np.inf))

    def nmf():
        X, U, V = d["X"], d["U"], d["V"]
        cut = U.size

        def fg(z):
            u, v = z[:cut].reshape(U.shape), z[cut:].reshape(V.shape)
            r = u @ v - X
            return float(np.sum(r * r)), 2 * np.concatenate([(r @ v.T).ravel(), (u.T @ r).ravel()])

        x0 = np.concatenate([U.ravel(), V.ravel()])
        z, count = solved(fg, x0, lb=np.zeros(x0.size), ub=np.full(x0.size, np.inf))
        return (z[:cut].reshape(U.shape), z[cut:].reshape(V.shape)), count

    if case.startswith("logistic"):
        return {"minimize": logistic}
    if case in ("nnls", "box-least-squares"):
        return {"minimize": nnls}
    return {"minimize": nmf} if case == "nmf" else {}


def ways(case, peer, data):
    return {"sklearn": sklearn_ways, "cvxpy": cvxpy_ways, "genosolver": geno_ways}[peer](case, data)


def objective(case, data):
    if case.startswith("accepted-"):
        return float  # of CVXPY's own expression at its variables
    return lambda x: float({**OBJECTIVES, **small_peers.OBJECTIVES}[case](data, x))


def stationarity(case, data):
    """The largest entry of x - P(x - ∇f), where P projects onto the bounds; None where evaluations are not compared."""
    if case.startswith("logistic"):
        return lambda w: float(np.max(abs(logistic_fg(data)(w)[1])))
    if case in ("nnls", "box-least-squares"):
        return lambda x: float(np.max(abs(x - np.maximum(x - squares_fg(data)(x)[1], 0))))
    return lambda x: None
