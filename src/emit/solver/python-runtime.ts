// The solver that an exported Python program brings along, written once: projected L-BFGS on a box inside an augmented
// Lagrangian. `$xp` is the array module and `$p` passes it on, where it is an argument.
//
// Birgin & Martínez, Practical Augmented Lagrangian Methods, SIAM 2014 (safeguarded multipliers, penalties, inexact inner
// solves). Nocedal & Wright, algorithm 7.4 (two loops). Bertsekas, SIAM J. Control Optim. 20, 1982 (the free set of a box).
// Lewis & Overton, Math. Programming 141, 2013 (bisection for weak Wolfe steps). Hager & Zhang, SIAM J. Optim. 16, 2005
// (steps at the level of rounding).

export const pythonRuntime = `@dataclass
class Result:
    """How a solve ended.

    status         "optimal (global)", "optimal (local)", "infeasible", "locally infeasible", "unbounded",
                   "left the domain", "stopped (iterations)", "stopped (callback)" or "no progress"
    x              the variables by name
    multipliers    one array for each constraint by name. They belong to the problem as a minimisation with the
                   Lagrangian f + sum(multiplier * (left - right)) for <= and ==, and
                   f - sum(multiplier * (left - right)) for >=; those of inequalities are not negative
    stationarity   largest entry of the projected gradient of the Lagrangian, relative to that of the objective
    violation      largest violation of a constraint, in units of its gradient where that is longer than 1
    complementarity  largest product of a multiplier and the slack of its constraint, relative to the objective
    """

    status: str
    objective: float
    x: dict
    multipliers: dict
    stationarity: float
    violation: float
    complementarity: float
    iterations: int
    evaluations: int

    @property
    def is_optimal(self) -> bool:
        return self.status.startswith("optimal")


class Progress(NamedTuple):
    """What the callback is told after each step."""

    iteration: int
    objective: float
    violation: float
    stationarity: float
    penalty: float


class _Stop(Exception):
    """The end of a solve from within, with its status."""


class _Counter:
    """Counts evaluations and steps, and ends the solve at its limits."""

    def __init__(self, max_iterations, callback):
        self.evaluations = self.iterations = 0
        self.max_iterations, self.callback = max_iterations, callback

    def step(self, objective, violation, stationarity, penalty):
        self.iterations += 1
        if self.callback is not None and self.callback(Progress(self.iterations, objective, violation, stationarity, penalty)):
            raise _Stop("stopped (callback)")
        if self.iterations >= self.max_iterations:
            raise _Stop("stopped (iterations)")


def _largest(v$p):
    return float($xp.max($xp.abs(v), initial=0.0))


def _dot(a, b):
    return float(a @ b)


def _projected(z, g, lower, upper$p):
    """The step to the nearest point of the box from z - g: zero where g holds z at a bound or vanishes."""
    return $xp.clip(-g, lower - z, upper - z)


def _two_loop(memory, g, free$p):
    """-H g on the free variables (Nocedal & Wright, algorithm 7.4), and the scale of H."""
    q = $xp.where(free, -g, 0.0)
    usable, scale = [], None
    for s, y in reversed(memory):
        s, y = $xp.where(free, s, 0.0), $xp.where(free, y, 0.0)
        sy, yy = _dot(s, y), _dot(y, y)
        if sy <= 1e-12 * np.sqrt(_dot(s, s) * yy):
            continue
        scale = sy / yy if scale is None else scale
        alpha = _dot(s, q) / sy
        q = q - alpha * y
        usable.append((s, y, sy, alpha))
    scale = 1.0 if scale is None else scale
    q = scale * q
    for s, y, sy, alpha in reversed(usable):
        q = q + (alpha - _dot(y, q) / sy) * s
    return q, scale


def _search(merit, z, f, g, d, step, lower, upper$p):
    """A step along the path of z + t d bent into the box: enough decrease, and a slope that has flattened."""
    slope, least, most, best = _dot(g, d), 0.0, np.inf, None
    rounding = 4e-15 * max(1e-300, abs(f))
    for _ in range(50):
        moved = z + step * d
        to = $xp.clip(moved, lower, upper)
        value, gradient = merit(to)
        gain = _dot(g, to - z)
        finite = np.isfinite(value) and np.isfinite(_largest(gradient$p))
        along = _dot(gradient, $xp.where(to == moved, d, 0.0)) if finite else np.nan
        falls = finite and gain < 0 and value <= f + 1e-4 * gain
        # Where values no longer tell points apart, slopes do (approximate Wolfe conditions).
        levels = finite and abs(value - f) <= rounding and along <= -0.8 * slope
        if not (falls or levels):
            most = step
            bend = value - f - slope * step
            guess = -0.5 * slope * step * step / bend if finite and bend > 0 and least == 0.0 else 0.0
            step = min(max(guess, least + 0.1 * (most - least)), least + 0.5 * (most - least))
        else:
            if best is None or value <= best[1]:
                best = (to, value, gradient)
            if along >= 0.9 * slope or not bool($xp.any(to == moved)):
                return to, value, gradient
            least = step
            step = 0.5 * (least + most) if most < np.inf else 4.0 * step
        if most - least <= 1e-12 * least or step < 1e-20 or step > 1e30:
            break
    return best


def _minimise(merit, z, lower, upper, target, memory, after$p):
    """Projected L-BFGS: returns the point, its value and gradient, and why it ended ("" for the target)."""
    z = $xp.clip(z, lower, upper)
    f, g = merit(z)
    if not np.isfinite(f) or not np.isfinite(_largest(g$p)):
        return z, f, g, "left the domain"
    idle, best, start = 0, np.inf, abs(f)
    while True:
        p = _projected(z, g, lower, upper$p)
        size = _largest(p$p)
        after(z, size)
        if size <= target():
            return z, f, g, ""
        if f < -1e14 * max(1.0, start) or _largest(z$p) > 1e16:
            return z, f, g, "unbounded"
        near = min(1e-6, size)
        free = ~(((z - lower <= near) & (g > 0)) | ((upper - z <= near) & (g < 0)))
        d, scale = _two_loop(memory, g, free$p)
        d = $xp.where(free, d, -scale * g)
        if _dot(g, d) > -1e-14 * np.sqrt(_dot(g, g) * _dot(d, d)):
            memory.clear()
            d = -g
        length = np.sqrt(_dot(d, d))
        first = 1.0 if memory else min(1.0, max(1e-3, 0.1 * np.sqrt(_dot(z, z))) / length)
        found = _search(merit, z, f, g, d, first, lower, upper$p)
        if found is None:
            if not memory:
                return z, f, g, "no progress"
            memory.clear()
            continue
        to, value, gradient = found
        s, y = to - z, gradient - g
        if _dot(s, y) > 1e-10 * np.sqrt(_dot(s, s) * _dot(y, y)):
            memory.append((s, y))
            del memory[:-30]
        idle = 0 if f - value > 1e-15 * abs(f) or size < 0.5 * best else idle + 1
        best = min(best, size)
        z, f, g = to, value, gradient
        if idle >= 12:
            return z, f, g, "no progress"


def _augmented_lagrangian(evaluate, z, lower, upper, equal, norms, convex, *, tolerance, max_iterations, callback$q):
    """minimise f(z) within the box, with c(z) == 0 where \`equal\`, c(z) <= 0 elsewhere.

    evaluate(z, y, rho) gives f, c, and the gradient of f + w'c with w = y + rho * c, in inequalities at least 0.
    """
    count = _Counter(max_iterations, callback)
    many = equal.shape[0]
    z = $xp.clip(z, lower, upper)
    none = $xp.zeros(many)

    def measured(z, y, rho):
        count.evaluations += 1
        return evaluate(z, y, rho)

    f, c, g = measured(z, none, none)
    if not np.isfinite(f) or not np.isfinite(_largest(g$p)) or not np.isfinite(_largest(c$p)):
        return "left the domain", z, none, (np.inf, np.inf, np.inf), count
    # Rows in units of their gradients, or of 1 where these are short.
    unit = 1.0 / $xp.maximum(1.0, norms(z)) if many else none
    first = _largest(g$p)
    scale = max(first, 1e-300) if first < 1.0 else 1.0
    y, rho = none, none
    if many:
        off = $xp.where(equal, c, $xp.maximum(c, 0.0)) * unit
        rho = min(1e4, max(1e-4, 10.0 * max(1.0, abs(f)) / max(1.0, 0.5 * _dot(off, off)))) * unit * unit
    memory, last = [], {"f": f, "c": c, "z": z}

    def merit(z):
        f, c, g = measured(z, y, rho)
        last.update(f=f, c=c, z=z)
        if many == 0:
            return f, g
        # Inequalities whose weight y + rho c would be negative count with their least value.
        terms = $xp.where(equal | (y + rho * c > 0), c * (y + 0.5 * rho * c), -0.5 * y * y / rho)
        return f + float($xp.sum(terms)), g

    def violations(c):
        return $xp.where(equal, $xp.abs(c), $xp.maximum(c, 0.0)) * unit

    def infeasibility(z):
        """Half the sum of squared violations, and its gradient."""
        f, c, g = measured(z, none, unit * unit)
        v = violations(c)
        return 0.5 * _dot(v, v), g - measured(z, none, none)[2]

    def news(z, size):
        count.step(last["f"], _largest(violations(last["c"])$p) if many else 0.0, size / scale, _largest(rho$p))

    def report(z, y):
        f, c, g = measured(z, y, none)
        plain = _largest(measured(z, none, none)[2]$p)
        size = max(plain, scale)
        inside = $xp.where(equal, 0.0, $xp.abs(y * c))
        return (
            _largest(_projected(z, g, lower, upper$p)$p) / size,
            _largest(violations(c)$p) if many else 0.0,
            float($xp.max(inside, initial=0.0)) / max(1.0, abs(f)),
        )

    def done(measures):
        return measures[0] <= 10.0 * tolerance and measures[1] <= tolerance and measures[2] <= 10.0 * tolerance

    status, before, stuck, inner, same = "no progress", np.inf, 0, 1e-2, 0
    measures = (np.inf, np.inf, np.inf)
    best = None
    try:
        for _ in range(200):
            goal = max(2.0 * tolerance, inner if many else 0.0) * max(scale, min(1.0, first))
            z, _f, _g, why = _minimise(merit, z, lower, upper, lambda: goal, memory, news$p)
            f, c, _ = measured(z, y, rho)
            if why == "unbounded":
                status = "unbounded" if many == 0 or _largest(violations(c)$p) <= 1e-6 * max(1.0, _largest(z$p)) else status
                break
            if why == "left the domain":
                status = why
                break
            raised = y + rho * c
            y = $xp.clip($xp.where(equal, raised, $xp.maximum(raised, 0.0)), -1e20, 1e20)
            measures = report(z, y)
            if best is None or max(measures) < max(best[2]):
                best = (z, y, measures)
                same = 0
            else:
                same += 1
            if done(measures):
                break
            if many == 0 or same >= 12:
                break
            # Progress in violation and complementarity, in units of the rows.
            slack = $xp.where(equal, $xp.abs(c), $xp.abs($xp.minimum(-c, y / rho))) * unit
            off = _largest(slack$p)
            stuck = stuck + 1 if off > 0.9 * before and off > tolerance else 0
            if stuck >= 4:
                # Off a point that is stationary by symmetry alone.
                z = $xp.clip(z + 1e-3 * (1.0 + $xp.abs(z)) * $xp.cos($xp.arange(z.shape[0]) + 1.0), lower, upper)
                w, v, _g, _ = _minimise(infeasibility, z, lower, upper, lambda: 1e-9 * max(1.0, scale), [], lambda *_: count.step(f, off, 0.0, _largest(rho$p))$p)
                if np.sqrt(2.0 * v) > max(1e-6, 10.0 * tolerance):
                    status = "infeasible" if convex else "locally infeasible"
                    z, best = w, None
                    break
                z, y, stuck = w, none, 0
                memory.clear()
            if off > 0.3 * before and off > 0.1 * tolerance:
                rho = $xp.minimum(10.0 * rho, 1e14 * unit * unit)
                memory.clear()
            before = min(before, off) if stuck else off
            inner = max(0.1 * inner, 2.0 * tolerance)
    except _Stop as stop:
        status, z = str(stop), last["z"]
    if best is not None and status not in ("unbounded", "left the domain"):
        if not status.startswith("stopped") or done(best[2]):
            z, y, measures = best
    if not done(measures) or best is None:
        measures = report(z, y)
    if done(measures) and status == "no progress":
        status = "optimal (global)" if convex else "optimal (local)"
    return status, z, y, measures, count


def _split(z, shapes):
    """The arrays of these shapes, one after the other in z."""
    arrays, at = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        arrays.append(z[at : at + size].reshape(shape))
        at += size
    return arrays


def _joined(arrays$p):
    """All entries of the arrays, one after the other."""
    return $xp.concatenate([$xp.zeros(0), *($xp.reshape($xp.asarray(a), (-1,)) for a in arrays)])


def _given(start, names$p):
    """The start values as arrays; ValueError for names that are no variables."""
    start = {} if start is None else start
    unknown = [name for name in start if name not in names]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a variable; there are {', '.join(names)}")
    arrays = {name: $xp.asarray(value, dtype=float) for name, value in start.items()}
    for name, value in arrays.items():
        if not bool($xp.all($xp.isfinite(value))):
            raise ValueError(f"the start value of {name} is not finite")
    return arrays


def _shaped(start, shapes):
    """ValueError where a start value has another shape than its variable."""
    for name, value in start.items():
        if tuple(value.shape) != shapes[name]:
            raise ValueError(f"the start value of {name} must have shape {shapes[name]}, got {tuple(value.shape)}")


def _size(start, name, axis, shape):
    """A size that only the start value of a variable tells."""
    if name not in start or len(start[name].shape) <= axis:
        raise ValueError(f"nothing says how large {name} is: give start={{{name!r}: an array of shape {shape}}}")
    return start[name].shape[axis]


def _better(a, b, sense):
    """Of two results from different starts: what is optimal, then what keeps the constraints, then what is lower."""
    order = lambda r: (not r.is_optimal and r.status != "unbounded", r.violation > 1e-6, sense * r.objective)
    return b if a is None or order(b) < order(a) else a


def _require(holds, words):
    if not bool(holds):
        raise ValueError(words)`;

/** V with V V' = X, for start values of factors. */
export const pythonFactor = `def _factor(X$p):
    """V with V @ V.T = X; what is not positive semidefinite is cut off."""
    values, vectors = $xp.linalg.eigh(X)
    return vectors * $xp.sqrt($xp.maximum(values, 0.0))`;
