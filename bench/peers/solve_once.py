"""One problem in a process of its own, as a script that somebody runs: python solve_once.py CASE PEER WAY DATA.npz

Prints the objective of what the peer returns.
"""

import sys

import numpy as np

import solve_peers

case, peer, way, file = sys.argv[1:]
data = {}
with np.load(file) as arrays:
    for name in arrays.files:
        if name.endswith(".indptr"):
            from scipy.sparse import csr_matrix

            data[name[:-7]] = csr_matrix(tuple(arrays[name[:-6] + part] for part in ("data", "indices", "indptr")), shape=arrays[name[:-6] + "shape"])
        elif "." not in name:
            data[name] = arrays[name] if arrays[name].ndim else float(arrays[name])
x, _ = solve_peers.ways(case, peer, data)[way]()
print(solve_peers.objective(case, data)(x))
