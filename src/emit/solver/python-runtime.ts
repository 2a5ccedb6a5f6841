// The solver that an exported Python program brings along, written once: projected L-BFGS on a box inside an augmented
// Lagrangian. `$xp` is the array module and `$p` passes it on, where it is an argument; `$own` is the one that an object keeps.
//
// Birgin & Martínez, Practical Augmented Lagrangian Methods, SIAM 2014 (safeguarded multipliers, penalties, inexact inner
// solves). Nocedal & Wright, algorithm 7.4 (two loops). Bertsekas, SIAM J. Control Optim. 20, 1982 (the free set of a box).
// Lewis & Overton, Math. Programming 141, 2013 (bisection for weak Wolfe steps). Hager & Zhang, SIAM J. Optim. 16, 2005
// (steps at the level of rounding).

import { must } from '../../base/internal.ts';

const runtime = `class Result(NamedTuple):
    """How a solve ended.

    status         "optimal (global)", "optimal (local)", "infeasible", "locally infeasible", "unbounded",
                   "left the domain", "stopped (iterations)", "stopped (callback)" or "no progress"
    x              the variables by name
    multipliers    one array for each constraint by name. They belong to the problem as a minimisation with the
                   Lagrangian f + sum(multiplier * (left - right)) for <= and ==, and
                   f - sum(multiplier * (left - right)) for >=; those of inequalities are not negative
    stationarity   largest entry of the projected gradient of the Lagrangian, relative to that of the objective
    violation      largest violation of a constraint, in units of its gradient where that is longer than 1
    complementarity  largest product of a multiplier and its constraint, or what the multipliers of kinks miss of the
                   objective, relative to the objective where that is larger than 1
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


def _projected(z, g, lower, upper, unit$p):
    """-g, but no more than the distance to a bound in its way, times a unit: zero where g holds z at a bound or vanishes."""
    return $xp.clip(-g, unit * (lower - z), unit * (upper - z))


def _shaken(z, size, lower, upper$p):
    """A point beside z, by this size relative."""
    return $xp.clip(z + size * (1.0 + $xp.abs(z)) * $xp.cos($xp.arange(z.shape[0]) + 1.0), lower, upper)


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


def _held(z, g, lower, upper, near):
    """Which variables their bounds hold against the slope."""
    return ((z - lower <= near) & (g > 0)) | ((upper - z <= near) & (g < 0))


def _newton(merit, z, f, g, lower, upper, unit, size$p):
    """A Newton step on the free variables, with second derivatives by differences; None for too many, and where it is no better."""
    free = [int(j) for j in $xp.flatnonzero(~_held(z, g, lower, upper, size / unit))]
    if not 0 < len(free) <= 500:
        return None
    columns = []
    for j in free:
        aside = 1.0 * z
        aside[j] += 1e-6 * (1.0 + abs(float(z[j]))) * (1.0 if z[j] < upper[j] else -1.0)
        columns.append((merit(aside)[1] - g)[free] / (aside[j] - z[j]))
    H = $xp.stack(columns)
    H = 0.5 * (H + H.T)
    if not bool($xp.all($xp.isfinite(H))):
        return None
    d = $xp.zeros(z.shape[0])
    d[free] = $xp.linalg.lstsq(H, -g[free], rcond=1e-14)[0]
    for step in (1.0, 0.5, 0.1):
        to = $xp.clip(z + step * d, lower, upper)
        value, gradient = merit(to)
        falls = f - value > max(1e-10 * abs(f), -1e-4 * _dot(g, to - z))
        if falls or (value <= f + 1e-10 * abs(f) and _largest(_projected(to, gradient, lower, upper, unit$p)$p) < 0.7 * size):
            return to, value, gradient
    return None


def _minimise(merit, z, lower, upper, target, share, memory, after, unit$p):
    """Projected L-BFGS: returns the point, its value and gradient, and why it ended ("" for the target).

    The target is of what is left of the slope, or \`share\` of the whole slope; a distance to a bound counts as a slope
    in units of \`unit\`.
    """
    z = $xp.clip(z, lower, upper)
    f, g = merit(z)
    if not np.isfinite(f) or not np.isfinite(_largest(g$p)):
        return z, f, g, "left the domain"
    idle, steps, best, start = 0, 0, np.inf, abs(f)
    while True:
        size = _largest(_projected(z, g, lower, upper, unit$p)$p)
        after(z, size)
        if size <= max(target, share * _largest(g$p)):
            return z, f, g, ""
        if f < -1e14 * max(1.0, start) or _largest(z$p) > 1e16:
            return z, f, g, "unbounded"
        near = min(1e-6 * max(1.0, _largest(z$p)), size / unit)
        free = ~_held(z, g, lower, upper, near)
        d, scale = _two_loop(memory, g, free$p)
        d = $xp.where(free, d, -scale * g)
        if _dot(g, d) > -1e-14 * np.sqrt(_dot(g, g) * _dot(d, d)):
            memory.clear()
            d = -g
        length = np.sqrt(_dot(d, d))
        first = 1.0 if memory else min(1.0, max(1e-3, 0.1 * np.sqrt(_dot(z, z))) / length)
        found = _search(merit, z, f, g, d, first, lower, upper$p)
        if found is None and memory:
            memory.clear()
            continue
        steps += 1
        if found is None or idle >= 12 or (steps % max(200, z.shape[0]) == 0 and steps <= 4000):
            newton = _newton(merit, z, f, g, lower, upper, unit, size$p)
            if newton is None and (found is None or idle >= 12):
                return z, f, g, "no progress"
            if newton is not None:
                found, idle = newton, 0
                memory.clear()
        to, value, gradient = found
        s, y = to - z, gradient - g
        if _dot(s, y) > 1e-10 * np.sqrt(_dot(s, s) * _dot(y, y)):
            memory.append((s, y))
            del memory[:-30]
        idle = 0 if f - value > 1e-15 * abs(f) or size < 0.5 * best else idle + 1
        best = min(best, size)
        z, f, g = to, value, gradient


def _unit(z, size$p):
    """What a distance of 1 to a bound counts as, where slopes are of this size."""
    return max(1.0, size / max(1.0, _largest(z$p)))


def _minimise_in_box(evaluate, z, lower, upper, convex, *, tolerance, max_iterations, callback, escape=None$q):
    """minimise f(z) within the box. evaluate(z) gives f and its gradient."""
    count = _Counter(max_iterations, callback)
    z = $xp.clip(z, lower, upper)
    last = {"f": np.nan, "z": z}

    def merit(z):
        count.evaluations += 1
        f, g = evaluate(z)
        last.update(f=f, z=z)
        return f, g

    f, g = merit(z)
    if not np.isfinite(f) or not np.isfinite(_largest(g$p)):
        return "left the domain", z, (np.inf, 0.0, 0.0), count
    # A start may be stationary: a point near by tells sizes.
    beside = _largest(merit(_shaken(z, 0.1, lower, upper$p))[1]$p)
    scale = min(1.0, max(_largest(g$p), beside if np.isfinite(beside) else 0.0)) or 1.0
    news = lambda _z, size: count.step(last["f"], 0.0, size / scale, 0.0)
    status, memory, size = "no progress", [], scale
    try:
        for _ in range(50):
            z, f, g, why = _minimise(merit, z, lower, upper, 2.0 * tolerance * scale, 2.0 * tolerance, memory, news, _unit(z, size$p)$p)
            size = max(_largest(g$p), scale)
            is_stationary = _largest(_projected(z, g, lower, upper, _unit(z, size$p)$p)$p) <= 10.0 * tolerance * size
            further = escape(z, 10.0 * tolerance * max(1.0, abs(f))) if escape is not None and is_stationary and not why else None
            if further is not None:
                z = further
                memory.clear()
            elif why in ("unbounded", "left the domain"):
                status = why
                break
            elif is_stationary:
                status = "optimal (global)" if convex else "optimal (local)"
                break
            elif why:
                break
    except _Stop as stop:
        status, z = str(stop), last["z"]
        g = evaluate(z)[1]
        size = max(_largest(g$p), scale)
    stationarity = _largest(_projected(z, g, lower, upper, _unit(z, size$p)$p)$p) / size
    return status, z, (stationarity, 0.0, 0.0), count


class _Rows:
    """Which weights the rows of a problem allow; a row counts in the objective with the largest weight * row.

    Any weight makes an equation of a row, any from 0 on an inequality c <= 0; weights within bounds make a kink such as
    |c|, from -1 to 1, and those that together are no longer than a radius a norm. \`limits\` has (least, most) or (radius,).
    """

    def __init__(self, shapes, limits$p):
$keep        ends = [int(end) for end in np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])]
        blocks = [slice(*pair) for pair in zip(ends, ends[1:])]
        bounds = [limit if len(limit) == 2 else (-np.inf, np.inf) for limit in limits]
        self.least, self.most = (_joined([$xp.broadcast_to($xp.asarray(b[side], dtype=float), shape) for b, shape in zip(bounds, shapes)]$p) for side in (0, 1))
        self.balls = [(block, _joined(limit$p)) for block, limit in zip(blocks, limits) if len(limit) == 1]
        self.is_constraint = self.most == np.inf
        for block, _ in self.balls:
            self.is_constraint[block] = False
        self.kinks = [block for block in blocks if not bool($xp.any(self.is_constraint[block]))]
        self.low, self.high = ($xp.where($xp.isfinite(b), b, 0.0) for b in (self.least, self.most))

    def allowed(self, wanted):
        """The nearest weights that are allowed."""
        weights = $own.clip(wanted, self.least, self.most)
        for block, radius in self.balls:
            length = self.lengths(weights, block, radius)
            factor = radius / $own.maximum($own.maximum(length, radius), 1e-300)
            weights[block] = (weights[block].reshape(radius.shape[0], -1) * factor[:, None]).reshape(-1)
        return weights

    def lengths(self, v, block, radius):
        return $own.sqrt($own.sum(v[block].reshape(radius.shape[0], -1) ** 2, axis=1))

    def alike(self, unit):
        """The same unit for all entries of a norm: the least."""
        unit = 1.0 * unit
        for block, radius in self.balls:
            parts = unit[block].reshape(radius.shape[0], -1)
            unit[block] = (0.0 * parts + $own.min(parts, axis=1)[:, None]).reshape(-1)
        return unit

    def violations(self, c):
        """How far the rows are from what constraints ask; 0 for kinks."""
        return $own.where(self.is_constraint, $own.abs($own.clip(c, self.least, self.most)), 0.0)

    def steepest(self, c):
        """The weights of kinks that give the most, and 0 for constraints."""
        return self.allowed($own.where(self.is_constraint, 0.0, 1e100 * c))

    def added(self, c):
        """What kinks add to the objective."""
        value = float($own.sum($own.maximum(self.low * c, self.high * c)))
        return value + sum(_dot(radius, self.lengths(c, block, radius)) for block, radius in self.balls)

    def gap(self, c, y):
        """What the weights miss: the largest product with a constraint, or all that kinks add beyond them."""
        slack = _largest($own.where(self.is_constraint, y * c, 0.0)$with)
        return max(slack, abs(self.added(c) - float($own.sum($own.where(self.is_constraint, 0.0, y * c)))))


def _augmented_lagrangian(evaluate, z, lower, upper, rows, norms, pull, convex, *, tolerance, max_iterations, callback, escape=None$q):
    """minimise f(z) + the largest w'c(z) over the weights w that the rows allow, within the box.

    evaluate(z, y, rho) gives f, c, and the gradient of f + w'c with the allowed weights w nearest to y + rho * c;
    norms(z) the lengths of the gradients of c, pull(z, y) the gradient of y'c over constraints.
    """
    count = _Counter(max_iterations, callback)
    z = $xp.clip(z, lower, upper)
    none = $xp.zeros_like(rows.least)

    def measured(z, y, rho):
        count.evaluations += 1
        return evaluate(z, y, rho)

    f, c, g = measured(z, none, none)
    if not np.isfinite(f) or not np.isfinite(_largest(g$p)) or not np.isfinite(_largest(c$p)):
        return "left the domain", z, none, (np.inf, np.inf, np.inf), count
    # A start may be stationary, and in kinks: a point near by tells sizes.
    _f, beside, slopes = measured(_shaken(z, 0.1, lower, upper$p), none, none)
    slope = _largest(slopes$p)
    first = max(_largest(g$p), _largest(measured(z, rows.steepest(c), none)[2]$p), slope if np.isfinite(slope) else 0.0)
    scale, steep = min(1.0, first) or 1.0, max(1.0, first)
    # Rows in units of their gradients, or of 1 where these are short.
    unit = rows.alike(1.0 / $xp.maximum(1.0, norms(z)))
    off = rows.violations(c) * unit
    guess = 10.0 * max(1.0, abs(f + rows.added(c))) / max(1.0, 0.5 * _dot(off, off))
    y, rho, most = none, steep * min(1e4, max(1e-4, guess / steep)) * unit * unit, 1e14 * steep * unit * unit
    for block in rows.kinks:
        # A penalty that brings the weights of typical rows to their bounds.
        typical = c if bool($xp.any(c[block] != 0.0)) else beside
        added, size = _dot(rows.steepest(typical)[block], typical[block]), _dot(typical[block], typical[block])
        rho[block] = 10.0 * added / size if added > 0 and np.isfinite(added) else rho[block]
    memory, last = [], {"f": f, "c": c, "z": z}

    def merit(z):
        f, c, g = measured(z, y, rho)
        last.update(f=f, c=c, z=z)
        w = rows.allowed(y + rho * c)
        return f + float($xp.sum(w * c - 0.5 * (w - y) ** 2 / rho)), g

    def infeasibility(z):
        """Half the sum of squared violations, and its gradient."""
        c = measured(z, none, none)[1]
        weights = $xp.where(rows.is_constraint, rows.allowed(unit * unit * c), 0.0)
        return 0.5 * _dot(weights, c), pull(z, weights)

    def news(z, size):
        f, c = last["f"], last["c"]
        count.step(f + rows.added(c), _largest(rows.violations(c) * unit$p), size / scale, _largest(rho$p))

    def report(z, y):
        f, c, g = measured(z, y, none)
        plain = _largest(measured(z, none, none)[2]$p)
        # The gradients of kinks, which cancel each other.
        parts = _largest($xp.where(rows.is_constraint, 0.0, y / unit)$p)
        size = max(plain, parts, scale)
        return (
            _largest(_projected(z, g, lower, upper, _unit(z, size$p)$p)$p) / size,
            _largest(rows.violations(c) * unit$p),
            rows.gap(c, y) / max(1.0, abs(f + rows.added(c))),
        ), size

    def excess(measures):
        """How far the worst measure is above what is asked: at most 1 at an optimum."""
        return max(measures[0] / 10.0, measures[1], measures[2] / 10.0) / tolerance

    status, before, stuck, inner, same, escapes = "no progress", np.inf, 0, 1e-2, 0, 0
    measures, best, size = (np.inf, np.inf, np.inf), None, max(scale, first)
    try:
        for _ in range(200):
            goal, begin = max(2.0 * tolerance, inner) * size, z
            z, _f, _g, why = _minimise(merit, z, lower, upper, goal, 0.0, memory, news, _unit(z, size$p)$p)
            f, c, _ = measured(z, y, rho)
            off = rows.violations(c) * unit
            if why == "unbounded" and _largest(off$p) > 1e-6 * max(1.0, _largest(z$p)) and bool($xp.any(rho < most)):
                # The penalty is too small to hold the objective.
                z, rho = begin, $xp.minimum(10.0 * rho, most)
                memory.clear()
                continue
            if why == "unbounded":
                status = why if _largest(off$p) <= 1e-6 * max(1.0, _largest(z$p)) else status
                break
            if why == "left the domain":
                status = why
                break
            y = $xp.clip(rows.allowed(y + rho * c), -1e20, 1e20)
            measures, size = report(z, y)
            if best is None or excess(measures) < excess(best[2]):
                best = (z, y, measures)
                same = 0
            else:
                same += 1
            if excess(measures) <= 1.0:
                further = None if escape is None else escape(z, y, 10.0 * tolerance * max(1.0, abs(f + rows.added(c))))
                if further is None:
                    break
                z, best, escapes = further, None, escapes + 1
                memory.clear()
                if escapes > 20:
                    measures = (np.inf, np.inf, np.inf)
                    break
                continue
            if same >= 12:
                break
            # Progress in violation and complementarity, in units of the rows.
            off = _largest((rows.allowed(y + rho * c) - y) / rho * unit$p)
            stuck = stuck + 1 if off > 0.9 * before and off > tolerance else 0
            if stuck >= 4 and bool($xp.any(rows.is_constraint)):
                # Off a point that is stationary by symmetry alone.
                aside = _shaken(z, 1e-3, lower, upper$p)
                w, v, h, _ = _minimise(infeasibility, aside, lower, upper, 1e-9, 1e-10, [], lambda *_: count.step(f, off, 0.0, _largest(rho$p)), 1.0$p)
                if np.sqrt(2.0 * v) > max(1e-6, 10.0 * tolerance):
                    # By convexity points at which all constraints hold are so far from here as v falls to 0 along its slope.
                    reach = _dot($xp.abs(_projected(w, h, lower, upper, 1.0$p)), 1.0 + $xp.abs(w))
                    if v > 1e3 * reach:
                        status = "infeasible" if convex else "locally infeasible"
                    z, best = w, None
                    break
                z, y, stuck = w, none, 0
                memory.clear()
            if off > 0.3 * before and off > 0.1 * tolerance and not why:
                rho = $xp.minimum(10.0 * rho, most)
                memory.clear()
            before = min(before, off) if stuck else off
            inner = max(0.1 * inner, 2.0 * tolerance)
    except _Stop as stop:
        status, z = str(stop), last["z"]
    if best is not None and status not in ("unbounded", "left the domain"):
        if not status.startswith("stopped") or excess(best[2]) <= 1.0:
            z, y, measures = best
    if best is None or excess(measures) > 1.0:
        measures, _ = report(z, y)
    if excess(measures) <= 1.0 and status == "no progress":
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


def _checked_options(tolerance, max_iterations, starts, callback):
    """ValueError or TypeError for options that are none."""
    _require(0.0 < tolerance < 1.0, f"tolerance must lie between 0 and 1, got {tolerance}")
    _require(max_iterations >= 1, f"max_iterations must be at least 1, got {max_iterations}")
    _require(starts >= 1, f"starts must be at least 1, got {starts}")
    if callback is not None and not callable(callback):
        raise TypeError(f"callback must be a function of a Progress, got {callback!r}")


def _numbers(name, value$p):
    """The value in double precision; TypeError for what is no array of real numbers."""
    try:
        if np.iscomplexobj(value):
            raise ValueError
        return $xp.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number or an array of real numbers, got {repr(value)[:60]}") from None


def _given(start, names$p):
    """The start values as arrays; ValueError for names that are no variables."""
    start = {} if start is None else start
    if not isinstance(start, dict):
        raise TypeError(f"start must be a dict of values by name of the variable, got {type(start).__name__}")
    unknown = [name for name in start if name not in names]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a variable; there are {', '.join(names)}")
    arrays = {name: _numbers(f"the start value of {name}", value$p) for name, value in start.items()}
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
const factor = `def _factor(X$p):
    """V with V @ V.T = X; what is not positive semidefinite is cut off."""
    values, vectors = $xp.linalg.eigh(X)
    return vectors * $xp.sqrt($xp.maximum(values, 0.0))`;

/** Start values of semidefinite matrices: the identity first, where norms and roots may have no derivative. */
const inside = `def _inside_the_cone(G$p):
    """A positive definite matrix, beside the identity by a tenth of what a guess leads to."""
    return $xp.eye(G.shape[0]) + 0.1 * (G @ G.T)`;

/** A stationary factor is an optimum if the gradient by its product is semidefinite; else its least direction leads down. */
const cone = `def _off_the_cone(z, shapes, factors, gradients, margin$p):
    """None if the gradients by V @ V.T are semidefinite, as at an optimum; else a point from which the objective falls.

    Burer & Monteiro, Math. Programming 103, 2005. \`margin\` is how much the objective may miss.
    """
    moved, falls = 1.0 * z, False
    for k, S in zip(factors, gradients):
        V = _split(moved, shapes)[k]
        values, vectors = $xp.linalg.eigh($xp.asarray(S))
        trace = max(1.0, float($xp.sum(V * V)))
        if values[0] * trace >= -margin:
            continue
        # A column that is hardly used takes the direction: along it the objective falls by its second derivative.
        weakest = int($xp.argmin($xp.sum(V * V, axis=0)))
        V[:, weakest] += 0.1 * float(np.sqrt(trace / V.shape[0])) * vectors[:, 0]
        falls = True
    return moved if falls else None`;

const definitions: ReadonlyMap<string, string> = new Map([runtime, factor, inside, cone].flatMap((text) => text.split('\n\n\n')).map((text) => [nameOf(text), text]));

function nameOf(definition: string): string {
  return must(/^(?:def|class) (\w+)/m.exec(definition)?.[1]);
}

/** Those that the code calls, and that they call, in order. */
export function definitionsFor(code: string): string[] {
  const wanted = new Set<string>();
  const visit = (text: string): void => {
    for (const [name, definition] of definitions) {
      if (wanted.has(name) || !new RegExp(`\\b${name}\\b`).test(text)) continue;
      wanted.add(name);
      visit(definition);
    }
  };
  visit(code);
  return [...definitions].flatMap(([name, text]) => (wanted.has(name) ? [text] : []));
}
