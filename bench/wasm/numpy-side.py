# The other side of kernels.ts: reads one JSON request a line, answers with one JSON line.
# {"setup": code} runs code once; {"time": expression, "repeat": n} gives the processor seconds of one evaluation.
import json
import sys
import time

import numpy as np

scope = {"np": np, "rng": np.random.default_rng(0)}
for line in sys.stdin:
    request = json.loads(line)
    if "setup" in request:
        exec(request["setup"], scope)
        answer = {"ok": True}
    else:
        code = compile(request["time"], "case", "eval")
        start = time.process_time()
        for _ in range(request["repeat"]):
            eval(code, scope)
        answer = {"seconds": (time.process_time() - start) / request["repeat"]}
    print(json.dumps(answer), flush=True)
