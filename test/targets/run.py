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
    arguments = {}
    for name, value in job["values"].items():
        arguments[name] = library.tensor(value, dtype=library.float64) if target == "torch" else np.asarray(value, dtype=float)
    arguments.update(job.get("sizes", {}))
    for name, (function, order) in job.get("callables", {}).items():
        arguments[name] = declared(function, order, library)
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
        results["applied"] = plain(module.derivative_apply(module.derivative_core(**arguments), direction))
    return results


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
