"""General solvers on the instance files of the allocation benchmark: a line each, CPU seconds of one thread.

usage: peers.py PATH...     needs numpy and scipy (HiGHS, SLSQP); ortools, cvxpy with Clarabel where they are installed
"""

import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
try:
    import numpy as np
    import scipy.sparse as sp
    from scipy.optimize import Bounds, LinearConstraint, linprog, milp, minimize
    from scipy.special import ndtr
except ImportError:
    sys.exit("the peers need numpy and scipy: pip install numpy scipy")

LIMIT = 60.0  # seconds a peer may take


def show(instance, peer, objective, seconds, note=""):
    print(f"{instance:34}  {peer:28}  {objective:20.10g}  {seconds:10.4f}  {note}", flush=True)


def timed(solve):
    start = time.process_time()
    result = solve()
    return result, time.process_time() - start


def load(path):
    with open(path) as file:
        data = json.load(file)
    return {key: np.array(value) if isinstance(value, list) and value and np.isscalar(value[0]) else value
            for key, value in data.items()}


def budget(name, p):
    """Hill curves: piecewise-linear HiGHS (a MIP for S-curves) and SLSQP from the equal split."""
    n, pieces = int(p["n"]), 20 if p["s"].max() <= 1 else 100
    x = p["lo"][:, None] + (p["hi"] - p["lo"])[:, None] * np.linspace(0, 1, pieces + 1) ** 1.5

    def value(x, sel=slice(None)):
        s, k = p["s"][sel], p["k"][sel]
        z = (np.maximum(x, 0) / k) ** s
        return p["a"][sel] * z / (1 + z)

    y = np.stack([value(x[:, j]) for j in range(pieces + 1)], 1)
    width, rise = np.diff(x, axis=1), np.diff(y, axis=1)
    cells = n * pieces
    group = np.repeat(p["g"], pieces)
    rows = [np.ones((1, cells))]
    low, high = [p["B"] - p["lo"].sum()], [p["B"] - p["lo"].sum()]
    matrix = [sp.csr_matrix(rows[0])]
    if "GL" in p:
        m = int(p["groups"])
        floor = np.bincount(p["g"], p["lo"], m)
        matrix.append(sp.csr_matrix((np.ones(cells), (group, np.arange(cells))), shape=(m, cells)))
        low += list(p["GL"] - floor)
        high += list(p["GU"] - floor)
    slope = (rise / width).ravel()
    if p["s"].max() <= 1:
        a = sp.vstack(matrix).tocsr()
        equal = sp.vstack([a[:1]])
        kwargs = dict(A_eq=equal, b_eq=[low[0]])
        if a.shape[0] > 1:
            kwargs.update(A_ub=sp.vstack([a[1:], -a[1:]]), b_ub=np.r_[high[1:], -np.array(low[1:])])
        result, seconds = timed(lambda: linprog(
            -slope, bounds=np.c_[np.zeros(cells), width.ravel()], method="highs", options=dict(time_limit=LIMIT), **kwargs))
    else:
        # Segments in order: a binary opens each, and only when the one before is full.
        full = sp.diags(np.ones(cells)).tocsr()
        w = width.ravel()
        first = np.arange(cells) % pieces == 0
        later = np.where(~first)[0]
        fill = sp.csr_matrix(
            (np.r_[np.ones(len(later)), -w[later - 1]], (np.r_[np.arange(len(later))] .tolist() * 2,
             np.r_[later - 1, cells + later])), shape=(len(later), 2 * cells))
        open_ = sp.hstack([full, -sp.diags(w)])
        total = sp.hstack([sp.vstack(matrix), sp.csr_matrix((len(low), cells))])
        constraints = [LinearConstraint(total, low, high), LinearConstraint(fill, 0, np.inf),
                       LinearConstraint(open_, -np.inf, 0)]
        result, seconds = timed(lambda: milp(
            np.r_[-slope, np.zeros(cells)], constraints=constraints,
            integrality=np.r_[np.zeros(cells), np.ones(cells)],
            bounds=Bounds(0, np.r_[w, np.ones(cells)]), options=dict(time_limit=LIMIT)))
    if result.x is None:
        show(name, f"HiGHS piecewise-{pieces}", float("nan"), seconds, result.message[:60])
    else:
        amounts = p["lo"] + result.x[:cells].reshape(n, pieces).sum(1)
        show(name, f"HiGHS piecewise-{pieces}", value(amounts).sum(), seconds, "curve at its amounts")
    if n > 200:
        return
    scale = p["B"] / n
    constraints = [dict(type="eq", fun=lambda z: z.sum() - n)]
    if "GL" in p:
        member = np.zeros((int(p["groups"]), n))
        member[p["g"], np.arange(n)] = 1
        constraints += [dict(type="ineq", fun=lambda z: member @ z - p["GL"] / scale),
                        dict(type="ineq", fun=lambda z: p["GU"] / scale - member @ z)]
    result, seconds = timed(lambda: minimize(
        lambda z: -value(z * scale).sum() / p["a"].sum(), np.ones(n), method="SLSQP", constraints=constraints,
        bounds=np.c_[p["lo"], p["hi"]] / scale, options=dict(maxiter=1000, ftol=1e-9)))
    show(name, "SLSQP from the equal split", value(result.x * scale).sum(), seconds, result.message[:60])


def newsvendor(name, q):
    """Expected cost as chords on 20 segments for HiGHS."""
    n, pieces = int(q["n"]), 20
    z = np.linspace(-3, 4, pieces + 1)
    x = np.concatenate([np.zeros((n, 1)), np.maximum(q["mu"][:, None] + q["sd"][:, None] * z, 0)], 1)

    def cost(x):
        z = (x - q["mu"][:, None]) / q["sd"][:, None]
        density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
        return ((q["h"] + q["p"])[:, None] * q["sd"][:, None] * (density - z * (1 - ndtr(z)))
                + q["h"][:, None] * (x - q["mu"][:, None]))

    width, rise = np.diff(x, axis=1), np.diff(cost(x), axis=1)
    slope = np.divide(rise, width, out=np.zeros_like(rise), where=width > 0)
    per_unit = np.repeat(q["c"], width.shape[1])
    result, seconds = timed(lambda: linprog(
        slope.ravel(), A_ub=sp.csr_matrix(per_unit[None, :]), b_ub=[q["B"]],
        bounds=np.c_[np.zeros(width.size), width.ravel()], method="highs", options=dict(time_limit=LIMIT)))
    amounts = result.x.reshape(n, -1).sum(1) if result.x is not None else np.full(n, np.nan)
    show(name, f"HiGHS piecewise-{pieces}", cost(amounts[:, None]).sum(), seconds, "cost at its amounts")


def transshipment(name, d):
    """Each product by OR-Tools' min-cost flow where it is installed, else by HiGHS."""
    try:
        from ortools.graph.python import min_cost_flow
    except ImportError:
        min_cost_flow = None
    xy = np.array(d["xy"])
    total, spent = 0.0, 0.0
    for sku in d["sku"]:
        net, penalty = np.array(sku["net"]), sku["pen"]
        give, take = np.where(net > 0)[0], np.where(net < 0)[0]
        cost = np.rint(10 * np.hypot(*(xy[give][:, None] - xy[take][None]).transpose(2, 0, 1))) + 500
        i, j = np.nonzero(cost < penalty)
        c = cost[i, j]
        demand = -net[take]

        def solve():
            if min_cost_flow:
                flow = min_cost_flow.SimpleMinCostFlow()
                lost = len(give) + len(take)
                flow.add_arcs_with_capacity_and_unit_cost(
                    np.r_[i, np.full(len(take), lost), give * 0 + np.arange(len(give))],
                    np.r_[len(give) + j, len(give) + np.arange(len(take)), np.full(len(give), lost + 1)],
                    np.r_[np.minimum(net[give][i], demand[j]), demand, net[give]].astype(np.int64),
                    np.r_[c, np.full(len(take), penalty), np.zeros(len(give))].astype(np.int64))
                flow.add_arc_with_capacity_and_unit_cost(lost, lost + 1, int(demand.sum()), 0)
                flow.set_nodes_supplies(
                    np.arange(lost + 2),
                    np.r_[net[give], -demand, demand.sum(), -net[give].sum()].astype(np.int64))
                flow.solve()
                return flow.optimal_cost()
            rows = sp.vstack([sp.csr_matrix((np.ones(len(i)), (i, np.arange(len(i)))), shape=(len(give), len(i))),
                              sp.csr_matrix((np.ones(len(i)), (j, np.arange(len(i)))), shape=(len(take), len(i)))])
            result = linprog(c - penalty, A_ub=rows, b_ub=np.r_[net[give], demand], method="highs")
            return result.fun + penalty * demand.sum()

        value, seconds = timed(solve)
        total, spent = total + value, spent + seconds
    show(name, "OR-Tools min-cost flow" if min_cost_flow else "HiGHS", total, spent)


def quota(name, d):
    try:
        import cvxpy as cp
    except ImportError:
        return show(name, "Clarabel", float("nan"), 0, "cvxpy is not installed")
    f, lo, hi, reg = (np.array(d[key]) for key in ("f", "lo", "hi", "reg"))
    region = sp.csr_matrix((np.ones(len(reg)), (reg, np.arange(len(reg)))), shape=(int(d["R"]), len(reg)))
    for kind in ("L2", "KL"):
        q = cp.Variable(f.shape)
        distance = (cp.sum(cp.multiply(cp.square(q - f), 1 / (2 * f))) if kind == "L2"
                    else cp.sum(cp.kl_div(q, f)))
        problem = cp.Problem(cp.Minimize(distance), [
            region @ cp.sum(q, axis=1) == d["Rr"], cp.sum(q, axis=0) == d["Mm"], q >= lo, q <= hi])
        value, seconds = timed(lambda: problem.solve(solver="CLARABEL"))
        show(f"{name} {kind}", "Clarabel", value, seconds)


def facility(name, d):
    """Uncapacitated location, the strong formulation."""
    xy, demand, fixed = np.array(d["xy"]), np.array(d["dem"]), np.array(d["fix"])
    n = len(fixed)
    cost = np.rint(0.2 * demand[:, None] * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
    links = n * n
    serve = sp.kron(sp.eye(n), np.ones((1, n)))
    opened = sp.hstack([sp.eye(links), -sp.vstack([sp.eye(n)] * n)])
    result, seconds = timed(lambda: milp(
        np.r_[cost.ravel(), fixed], bounds=Bounds(0, 1), integrality=np.r_[np.zeros(links), np.ones(n)],
        constraints=[LinearConstraint(sp.hstack([serve, sp.csr_matrix((n, n))]), 1, 1),
                     LinearConstraint(opened, -np.inf, 0)], options=dict(time_limit=LIMIT)))
    show(name, "HiGHS MIP, strong", result.fun if result.x is not None else float("nan"), seconds)


def credit(name, d):
    """Rockafellar-Uryasev as one linear program."""
    if "L_indptr" not in d:
        return
    n, scenarios = int(d["n"]), int(d["S"])
    losses = sp.csr_matrix((d["L_data"], d["L_indices"], d["L_indptr"]), shape=(scenarios, n))
    tail = 1 / ((1 - d["a"]) * scenarios)
    above = sp.hstack([losses, -np.ones((scenarios, 1)), -sp.eye(scenarios)])
    cvar = sp.csr_matrix(np.r_[np.zeros(n), 1, np.full(scenarios, tail)][None])
    rows, limit = [above, cvar], [np.zeros(scenarios), [d["R"]]]
    if "B" in d:
        rows.append(sp.csr_matrix(np.r_[np.ones(n), np.zeros(scenarios + 1)][None]))
        limit.append([d["B"]])
    bounds = np.r_[np.c_[np.zeros(n), d["cap"]], [[-np.inf, np.inf]], np.c_[np.zeros(scenarios), np.full(scenarios, np.inf)]]
    result, seconds = timed(lambda: linprog(
        -np.r_[d["m"], np.zeros(scenarios + 1)], A_ub=sp.vstack(rows), b_ub=np.concatenate(limit), bounds=bounds,
        method="highs-ds", options=dict(time_limit=LIMIT)))
    show(name, "HiGHS simplex", -result.fun if result.fun is not None else float("nan"), seconds)


FAMILIES = {"a_": budget, "b_newsvendor": newsvendor, "b_transship": transshipment, "c_quota": quota,
            "e_facility": facility, "f_cvar": credit}


def main():
    files = []
    for path in sys.argv[1:]:
        files += [os.path.join(path, name) for name in sorted(os.listdir(path))] if os.path.isdir(path) else [path]
    print(f"\n{'instance':34}  {'peer':28}  {'objective':>20}  {'CPU s':>10}")
    for path in files:
        name = os.path.basename(path).removesuffix(".json")
        solve = next((solve for prefix, solve in FAMILIES.items() if name.startswith(prefix)), None)
        if solve and path.endswith(".json"):
            try:
                solve(name, load(path))
            except Exception as error:  # a peer that fails is a result too
                show(name, "failed", float("nan"), 0, str(error)[:70])


main()
