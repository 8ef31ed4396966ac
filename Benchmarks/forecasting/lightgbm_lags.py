#!/usr/bin/env python3
"""Pooled LightGBM on lags as a contestant of a suite.

  exec: python3 ../forecasting/lightgbm_lags.py

One model for all series and steps: the features of an origin are the last values, the same phase one and two seasons ago,
means and deviations of windows, all scaled by the mean size of the last season, the step ahead and the phase. The target is
the change from the last value in the same unit, the loss absolute error. The number of trees is chosen on the last horizon
of the history, and the model then fitted to all of it; residuals there, by step, give the intervals. Series too short for
one origin are forecast by their last season.

Reads unique_id,ds,y on the input and writes unique_id,ds,y_hat,lo-80,hi-80,... on the output; called with
--horizon H --season M --levels 80,95. With --cpu the processor time without import is written to the messages.

Needs: pip install lightgbm pandas
"""
import argparse, os, resource, sys, time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"): os.environ.setdefault(name, "1")
import lightgbm, numpy as np, pandas as pd

ROWS = 600_000          # no more rows than these are drawn for a fit
SEED = 1
SETTINGS = dict(
    objective="l1", learning_rate=0.05, num_leaves=31, min_data_in_leaf=20, feature_fraction=0.8, bagging_fraction=0.8,
    bagging_freq=1, lambda_l2=1.0, num_threads=1, seed=SEED, deterministic=True, verbose=-1)

def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

def features(y, origins, season, lags):
    """Rows of an origin: scaled, without the step ahead; and the unit and last value of each."""
    origins = np.asarray(origins)
    last = y[origins - 1]
    window = min(max(season, 4), int(origins.min()))
    sums = np.r_[0, np.cumsum(np.abs(y))]
    unit = (sums[origins] - sums[origins - window]) / window
    unit = np.where(unit > 0, unit, np.maximum(np.abs(y).mean(), 1e-9))
    total = np.r_[0, np.cumsum(y)]
    def mean(width):
        start = np.maximum(0, origins - width)
        return (total[origins] - total[start]) / (origins - start)
    columns = [(y[np.maximum(0, origins - lag)] - last) / unit for lag in range(2, lags + 1)]
    columns += [(mean(width) - last) / unit for width in (3, 6, max(season, 2), 2 * max(season, 2))]
    change = np.abs(np.diff(y, prepend=y[0]))
    steps = np.r_[0, np.cumsum(change)]
    columns += [(steps[origins] - steps[origins - window]) / window / unit, np.log1p(origins)]
    return np.column_stack(columns), unit, last

def expand(y, origins, season, lags, horizon, known=True):
    """One row for each origin and step; the target is NaN where it is not known yet."""
    base, unit, last = features(y, origins, season, lags)
    rows, targets, units, lasts, steps = [], [], [], [], []
    for step in range(1, horizon + 1):
        at = np.asarray(origins) + step - 1
        ago = at - season * (1 + (step - 1) // season)
        seasonal = np.where(ago >= 0, (y[np.maximum(ago, 0)] - last) / unit, np.nan)
        before = ago - season
        earlier = np.where(before >= 0, (y[np.maximum(before, 0)] - last) / unit, np.nan)
        rows.append(np.column_stack([base, seasonal, earlier, np.full(len(at), step), at % season]))
        inside = at < len(y)
        targets.append(np.where(inside, (y[np.minimum(at, len(y) - 1)] - last) / unit, np.nan))
        units.append(unit); lasts.append(last); steps.append(np.full(len(at), step))
    return [np.concatenate(part) for part in (rows, targets, units, lasts, steps)]

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--season", type=int, default=1)
    parser.add_argument("--levels", default="")
    parser.add_argument("--cpu", action="store_true")
    a = parser.parse_args()
    h, m = a.horizon, max(1, a.season)
    table = pd.read_csv(sys.stdin, dtype={"unique_id": str})
    start, clock = cpu(), time.perf_counter()
    groups = {k: v["y"].interpolate().bfill().ffill().to_numpy(float) for k, v in table.groupby("unique_id", sort=False)}
    ids = list(groups)
    lengths = np.array([len(groups[k]) for k in ids])
    lags = int(min(max(m, 4), max(2, np.quantile(lengths, 0.1) - h - 1), 24))
    first = lags + 1
    generator = np.random.default_rng(SEED)

    def rows(end):
        """Rows of all origins whose targets lie before `end` periods from each series' end."""
        parts, who = [], []
        for number, k in enumerate(ids):
            y = groups[k][: len(groups[k]) - end] if end else groups[k]
            if len(y) <= first: continue
            part = expand(y, np.arange(first, len(y)), m, lags, h)
            parts.append(part); who.append(np.full(len(part[1]), number))
        X, y, unit, last, step = [np.concatenate([part[i] for part in parts]) for i in range(5)]
        keep = np.isfinite(y)
        X, y = X[keep], y[keep]
        if len(y) > ROWS:
            chosen = np.sort(generator.choice(len(y), ROWS, replace=False))
            X, y = X[chosen], y[chosen]
        # Rare wild changes would otherwise decide the splits.
        limit = np.quantile(np.abs(y), 0.999)
        return X, np.clip(y, -limit, limit)

    def ahead(end):
        """One origin a series, `end` periods before its end: features, units, last values."""
        parts, who = [], []
        for number, k in enumerate(ids):
            y = groups[k][: len(groups[k]) - end] if end else groups[k]
            if len(y) < first: continue
            parts.append(expand(y, [len(y)], m, lags, h)); who.append(number)
        return parts, who

    # 1. The number of trees, and residuals for intervals, on the last horizon of the history.
    trees, residuals = 200, None
    try:
        X, y = rows(h)
        parts, who = ahead(h)
        V = np.concatenate([part[0] for part in parts])
        truth = np.concatenate([
            (groups[ids[number]][-h:] - part[3]) / part[2] for part, number in zip(parts, who)])
        model = lightgbm.train(
            SETTINGS, lightgbm.Dataset(X, y), 1000, valid_sets=[lightgbm.Dataset(V, truth)],
            callbacks=[lightgbm.early_stopping(50, verbose=False)])
        trees = max(20, model.best_iteration)
        residuals = (truth - model.predict(V, num_iteration=trees)).reshape(len(parts), h)
    except (ValueError, lightgbm.basic.LightGBMError):
        pass
    # 2. The fit to all of it.
    X, y = rows(0)
    model = lightgbm.train(SETTINGS, lightgbm.Dataset(X, y), trees)
    parts, who = ahead(0)
    changes = model.predict(np.concatenate([part[0] for part in parts])).reshape(len(parts), h)
    forecasts, units = {}, {}
    for change, part, number in zip(changes, parts, who):
        forecasts[ids[number]] = part[3] + part[2] * change
        units[ids[number]] = part[2]
    levels = [float(level) for level in a.levels.split(",") if level]
    out = ["unique_id,ds,y_hat" + "".join(f",lo-{level:g},hi-{level:g}" for level in levels)]
    for k in ids:
        y = groups[k]
        if k not in forecasts:
            forecasts[k] = np.array([y[max(0, len(y) - m + step % m)] if len(y) >= m else y[-1] for step in range(h)])
            units[k] = np.full(h, max(np.abs(y).mean(), 1e-9))
        floor = 0 if (y >= 0).all() else -np.inf
        for step in range(h):
            value = max(floor, forecasts[k][step])
            cells = [f"{value:.10g}"]
            for level in levels:
                for p in (0.5 - level / 200, 0.5 + level / 200):
                    q = np.quantile(residuals[:, step], p) if residuals is not None else 0
                    cells.append(f"{max(floor, forecasts[k][step] + q * units[k][step]):.10g}")
            out.append(f'"{k}",{step + 1},' + ",".join(cells))
    if a.cpu: print(f"cpu_seconds {cpu() - start:.3f} wall {time.perf_counter() - clock:.3f}", file=sys.stderr)
    print("\n".join(out))

if __name__ == "__main__": main()
