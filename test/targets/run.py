"""Runs emitted modules: reads a list of jobs, writes the results as JSON. Usage: run.py jobs.json results.json"""

import importlib.util
import json
import math
import sys
import time

import numpy as np


def declared(name, order, library):
    """The function that stands for a declared one: as in src/ops/scalar/user.ts."""
    def f(x):
        h = HASHES[name]
        a, b = 0.6 + (h % 97) / 200, 0.3 + (h % 89) / 300
        return a**order * library.sin(a * x + 0.4 + order * math.pi / 2) + b**order * library.exp(b * x) * 0.5
    return f


HASHES = {}


def plain(x):
    if isinstance(x, tuple):
        return [plain(v) for v in x]
    return np.asarray(x, dtype=float).tolist()


def load(path):
    spec = importlib.util.spec_from_file_location("emitted", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(job):
    module = load(job["path"])
    HASHES.update(job.get("hashes", {}))
    target = job["target"]
    if target == "jax":
        import jax.numpy as library
    elif target == "torch":
        import torch as library
    else:
        library = np
    other = dict(job.get("sizes", {}))
    for name, (function, order) in job.get("callables", {}).items():
        other[name] = declared(function, order, library)

    def at(values):
        numbers = {name: library.tensor(v, dtype=library.float64) if target == "torch" else np.asarray(v, dtype=float) for name, v in values.items()}
        return {**numbers, **other}

    arguments = at(job["values"])
    results = {}
    for call in job["calls"]:
        value = getattr(module, call)(**arguments)
        if call == "both":
            dense = np.shape(plain(value[1])) == np.shape(plain(module.derivative(**arguments)))
            if dense:  # else it is the core
                results["both"] = plain(value)
        else:
            results[call] = plain(value)
    if "direction" in job:
        direction = job["direction"]
        direction = library.tensor(direction, dtype=library.float64) if target == "torch" else np.asarray(direction)
        core = module.derivative_core(**arguments)
        applied = module.derivative_apply(core, direction)
        results["applied"] = plain(applied)
        again = resolved(module, core, applied, np.max(np.abs(plain(direction))))
        if again is not None:
            results["resolved"] = again
    for k, values in enumerate(job.get("points", [])):
        results[f"point {k}"] = plain(module.derivative(**at(values)))
    return results


def resolved(module, core, applied, size):
    """The product of what solves for it; nothing where the tensor is singular."""
    if not hasattr(module, "derivative_solve"):
        return None
    try:
        solution = module.derivative_solve(core, applied)
    except Exception as error:
        if "singular" in str(error).lower():
            return None
        raise
    largest = np.max(np.abs(plain(solution)))
    return plain(module.derivative_apply(core, solution)) if largest < 1e3 * size else None


def main():
    with open(sys.argv[1], encoding="utf8") as f:
        jobs = json.load(f)
    answers = []
    for job in jobs:
        start = time.perf_counter()
        try:
            with np.errstate(all="ignore"):
                answer = {"results": run(job)}
        except Exception as error:  # reported per case
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.append({**answer, "seconds": time.perf_counter() - start})
    with open(sys.argv[2], "w", encoding="utf8") as f:
        json.dump(answers, f)


if __name__ == "__main__":
    main()
