"""Writes the Maros–Mészáros problems as JSON, one file a problem, into the folder given.

They lie as MATLAB files in the source distribution of proxsuite. The package index is that of pip: PIP_INDEX_URL, pip's
own configuration, or PyPI. A third argument names the archive where it has been downloaded already.

With --clarabel as the last argument, each is also solved by Clarabel at its default settings, and the processor time of
building and solving is written beside the optimum, as clarabel.json.
"""

import glob
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import time
import urllib.parse
import urllib.request

import numpy as np
import scipy.io
import scipy.sparse as sparse

PACKAGE = "proxsuite"
VERSION = "0.8.0"
# What the files write for infinity, less what was taken off on the way.
FAR = 1e19


def index_url():
    configured = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    ).stdout.strip()
    return (os.environ.get("PIP_INDEX_URL") or configured or "https://pypi.org/simple").rstrip("/")


def downloaded():
    page_url = f"{index_url()}/{PACKAGE}/"
    page = urllib.request.urlopen(page_url).read().decode()
    wanted = f"{PACKAGE}-{VERSION}.tar.gz"
    links = [link for link in re.findall(r'href="([^"]+)"', page) if wanted in link]
    if not links:
        sys.exit(f"{page_url} has no {wanted}")
    return urllib.request.urlopen(urllib.parse.urljoin(page_url, links[0].split("#")[0])).read()


def bounds(values):
    return [None if abs(v) >= FAR else float(v) for v in values]


def triplets(matrix):
    matrix = matrix.tocoo()
    return [matrix.row.tolist(), matrix.col.tolist(), matrix.data.tolist()]


def converted(name, data):
    P = sparse.csc_matrix(data["P"], dtype=float)
    A = sparse.csr_matrix(data["A"], dtype=float)
    n, m = P.shape[0], A.shape[0] - P.shape[0]
    # The last rows are those of the variables.
    if abs(A[m:] - sparse.eye(n)).nnz:
        sys.exit(f"{name} does not end with the bounds of its variables")
    flat = {key: np.asarray(data[key], dtype=float).ravel() for key in "qlur"}
    return {
        "name": name,
        "n": n,
        "m": m,
        "P": triplets(sparse.tril(P)),
        "A": triplets(A[:m]),
        "q": flat["q"].tolist(),
        "r": float(flat["r"][0]),
        "lower": bounds(flat["l"][m:]),
        "upper": bounds(flat["u"][m:]),
        "rowLower": bounds(flat["l"][:m]),
        "rowUpper": bounds(flat["u"][:m]),
    }


def by_clarabel(p):
    import clarabel

    n, m = p["n"], p["m"]
    low = np.array([-np.inf if v is None else v for v in p["rowLower"] + p["lower"]])
    high = np.array([np.inf if v is None else v for v in p["rowUpper"] + p["upper"]])
    P = sparse.csc_matrix((p["P"][2], (p["P"][1], p["P"][0])), shape=(n, n))
    A = sparse.csr_matrix((p["A"][2], (p["A"][0], p["A"][1])), shape=(m, n))
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    began = time.process_time()
    A = sparse.vstack([A, sparse.eye(n)]).tocsr()
    same, up, down = low == high, (low != high) & (high < np.inf), (low != high) & (low > -np.inf)
    G = sparse.vstack([A[same], A[up], -A[down]]).tocsc()
    h = np.concatenate([high[same], high[up], -low[down]])
    cones = [clarabel.ZeroConeT(int(same.sum())), clarabel.NonnegativeConeT(int(up.sum() + down.sum()))]
    solution = clarabel.DefaultSolver(P, np.array(p["q"]), G, h, cones, settings).solve()
    seconds = time.process_time() - began
    objective = solution.obj_val + p["r"]
    return {"seconds": seconds, "status": str(solution.status), "objective": None if np.isnan(objective) else objective}


def main(folder, archive=None):
    os.makedirs(folder, exist_ok=True)
    content = downloaded() if archive is None else open(archive, "rb").read()
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for member in tar:
            found = re.search(r"maros_meszaros_data/([^/]+)\.mat$", member.name)
            if found:
                data = scipy.io.loadmat(io.BytesIO(tar.extractfile(member).read()))
                if data["P"].shape[0] + data["A"].shape[0] <= 7000:
                    with open(os.path.join(folder, f"{found[1]}.json"), "w") as out:
                        json.dump(converted(found[1], data), out)


def clarabel_times(folder):
    times = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        if os.path.basename(path) != "clarabel.json":
            p = json.load(open(path))
            times[p["name"]] = by_clarabel(p)
    json.dump(times, open(os.path.join(folder, "clarabel.json"), "w"))


if __name__ == "__main__":
    if sys.argv[-1] == "--clarabel":
        clarabel_times(sys.argv[1])
    else:
        main(*sys.argv[1:])
