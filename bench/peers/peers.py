"""The derivatives of the benchmark as JAX and PyTorch compute them: every way each of them offers.

A case is a function of the variable and the other arrays. `candidates` gives the ways to derive it, as callables without
arguments left to choose: the benchmark takes the fastest.
"""

from __future__ import annotations


def functions(np, softplus, softmax, logsumexp, relu, logdet):
    """The functions of the cases, written as a user of the library would."""

    def network(A1, x, A2, A3, A4, A5, A6, A7, A8, A9, A10):
        h = x
        for A in (A1, A2, A3, A4, A5, A6, A7, A8, A9):
            h = relu(A @ h)
        return logsumexp(A10 @ h)

    return {
        "quadratic": lambda x, A: x @ A @ x,
        "logistic": lambda w, X, y: np.sum(softplus(-y * (X @ w))),
        "factorization": lambda U, V, T: np.sum((T - U @ V.T) ** 2),
        "masked": lambda U, V, T, M: np.sum((M * (T - U @ V.T)) ** 2),
        "logsumexp": lambda x, A: logsumexp(A @ x),
        "logdet": lambda X: logdet(X),
        "softmax": lambda x: softmax(x),
        "attention": lambda Q, K, V: softmax(Q @ K.T) @ V,
        "network": network,
    }


def jax_candidates(order):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    table = functions(
        jnp,
        jax.nn.softplus,
        lambda z: jax.nn.softmax(z, axis=-1),
        jax.nn.logsumexp,
        jax.nn.relu,
        lambda X: jnp.linalg.slogdet(X)[1],
    )
    if order == 2:
        ways = {
            "jax.hessian": jax.hessian,
            "jacrev(jacrev)": lambda f: jax.jacrev(jax.jacrev(f)),
        }
    else:
        ways = {"jax.jacfwd": jax.jacfwd, "jax.jacrev": jax.jacrev}
    return table, {name: (lambda f, way=way: jax.jit(way(f))) for name, way in ways.items()}


def torch_candidates(order):
    import torch

    table = functions(
        torch,
        torch.nn.functional.softplus,
        lambda z: torch.softmax(z, dim=-1),
        lambda z: torch.logsumexp(z, 0),
        torch.relu,
        lambda X: torch.linalg.slogdet(X)[1],
    )
    func = torch.func
    if order == 2:
        ways = {
            "torch.func.hessian": func.hessian,
            "jacrev(jacrev)": lambda f: func.jacrev(func.jacrev(f)),
        }
    else:
        ways = {"torch.func.jacfwd": func.jacfwd, "torch.func.jacrev": func.jacrev}
    return table, ways
