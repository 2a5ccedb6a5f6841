"""Runs exported solvers: a JSON list of jobs on standard input, a JSON list of answers on standard output.

A job is {"path", "data", "start", "options", "stop"}; with "stop" the callback ends the solve after so many steps.
"""

import importlib.util
import json
import sys
import warnings

import numpy as np


def load(path, number):
    spec = importlib.util.spec_from_file_location(f"solver_{number}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def listed(values):
    return {name: np.asarray(value).tolist() for name, value in values.items()}


def answer(job, number):
    try:
        options = dict(job.get("options") or {})
        seen = []
        if job.get("stop") is not None:
            options["callback"] = lambda p: seen.append(p.objective) or len(seen) >= job["stop"]
        module = load(job["path"], number)
        r = module.solve(**job["data"], start=job.get("start"), **options)
        return {
            "status": r.status,
            "objective": r.objective,
            "x": listed(r.x),
            "multipliers": listed(r.multipliers),
            "stationarity": r.stationarity,
            "violation": r.violation,
            "seen": len(seen),
            "iterations": r.iterations,
        }
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


warnings.simplefilter("ignore")
np.seterr(all="ignore")
json.dump([answer(job, k) for k, job in enumerate(json.load(sys.stdin))], sys.stdout)
