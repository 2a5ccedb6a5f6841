"""Runs contenders and times them, one order at a time: a JSON line in, a JSON line out.

The threads are fixed before any library is loaded: by the processors this process may use, which XLA, OpenBLAS and OpenMP
all respect, and by their own settings.
"""

import importlib.util
import json
import os
import sys
import time

threads = int(sys.argv[1])
# The processor's time leaves out what waits for other programs; with several threads it would count each of them.
clock = time.process_time if "processor" in sys.argv[2:] else time.perf_counter
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)
os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import peers

ready = {}


def has(name):
    return importlib.util.find_spec(name) is not None


def module(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def arrays(library, files):
    loaded = {name: np.load(path) for name, path in files.items()}
    if library == "jax":
        import jax.numpy as jnp

        return {name: jnp.asarray(a) for name, a in loaded.items()}
    if library == "torch":
        import torch

        torch.set_num_threads(threads)
        return {name: torch.from_numpy(a) for name, a in loaded.items()}
    return loaded


def waiting(library):
    if library == "jax":
        import jax

        return jax.block_until_ready
    return lambda result: result


def prepare(order):
    """Makes a contender ready. Theirs: all ways are tried, and the fastest is kept."""
    library = order["library"]
    if library == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    data = arrays(library, order["files"])
    wait = waiting(library)
    if order["whose"] == "ours":
        f = getattr(module(order["path"]), order["function"])
        run = lambda: wait(f(**data))
        ways = {order["function"]: run}
    else:
        table, derived = (peers.jax_candidates if library == "jax" else peers.torch_candidates)(order["order"])
        of = table[order["case"]]
        by = data.pop(order["by"])
        rest = [data[name] for name in order["rest"]]
        ways = {}
        for name, way in derived.items():
            g = way(of) if library == "jax" else (lambda *a, way=way: way(of)(*a))
            ways[name] = lambda g=g: wait(g(by, *rest))
    tried = {}
    for name, run in ways.items():
        try:
            start = clock()
            result = run()
            if clock() - start < 3:
                start = clock()
                result = run()
            tried[name] = (clock() - start, run, result)
        except Exception as error:
            tried[name] = (float("inf"), None, repr(error)[:200])
    best = min(tried, key=lambda name: tried[name][0])
    seconds, run, result = tried[best]
    if run is None:
        raise RuntimeError(result)
    ready[order["id"]] = run
    parts = result if isinstance(result, (tuple, list)) else (result,)
    numbers = np.concatenate([np.asarray(part).ravel() for part in parts])
    weights = np.cos(np.arange(numbers.size))
    failed = {name: r for name, (_, f, r) in tried.items() if f is None}
    return {
        "way": best,
        "seconds": seconds,
        "size": int(numbers.size),
        "sums": [float(np.abs(numbers).sum()), float(numbers @ weights)],
        "failed": failed,
    }


def read(value):
    """A number, the file of an array, or the files of a sparse matrix."""
    if isinstance(value, str):
        return np.load(value)
    if isinstance(value, dict):
        from scipy.sparse import csr_matrix

        places = [np.load(value[name]).astype(np.int32) for name in ("indices", "indptr")]
        parts = (np.load(value["values"]), *places)
        return csr_matrix(parts, shape=value["shape"])
    return value


def prepare_solve(order):
    """Each way of a peer to solve a problem, run once; `time` runs it again."""
    import solve_peers

    data = {name: read(value) for name, value in order["data"].items()}
    judge = solve_peers.objective(order["case"], data)
    rest = solve_peers.stationarity(order["case"], data)
    found = []
    for name, run in solve_peers.ways(order["case"], order["peer"], data).items():
        try:
            start = clock()
            x, evaluations = run()
            seconds = clock() - start
            found.append({"way": name, "seconds": seconds, "objective": judge(x), "evaluations": evaluations, "stationarity": rest(x)})
            ready[f"{order['id']} {name}"] = run
        except Exception as error:
            found.append({"way": name, "failed": repr(error)[:200]})
    return {"ways": found}


def timed(order):
    run = ready[order["id"]]
    start = clock()
    for _ in range(order["repeats"]):
        run()
    return {"seconds": (clock() - start) / order["repeats"]}


def limits(_):
    """What this machine does at most: a GEMM in GFLOP/s, copying in GB/s."""
    a = np.random.default_rng(0).normal(size=(1000, 1000))
    big = np.zeros(8_000_000)
    to = np.zeros_like(big)

    def best(f):
        times = []
        for _ in range(5):
            start = clock()
            f()
            times.append(clock() - start)
        return min(times)

    return {"gflops": 2e9 / best(lambda: a @ a) / 1e9, "gbytes": 2 * big.nbytes / best(lambda: np.copyto(to, big)) / 1e9}


def forget(order):
    ready.pop(order["id"], None)
    return {}


actions = {
    "libraries": lambda _: {"libraries": [name for name in ("numpy", "scipy", "jax", "torch", "sklearn", "cvxpy", "clarabel", "genosolver") if has(name)]},
    "limits": limits,
    "prepare": prepare,
    "prepare-solve": prepare_solve,
    "time": timed,
    "forget": forget,
}

# What libraries print goes elsewhere: the answers are alone on their way out.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
for line in sys.stdin:
    order = json.loads(line)
    try:
        answer = actions[order["do"]](order)
    except Exception as error:
        answer = {"error": repr(error)[:300]}
    answers.write(json.dumps(answer) + "\n")
