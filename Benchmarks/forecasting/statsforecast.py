#!/usr/bin/env python3
"""A model of statsforecast as a contestant of a suite.

  exec: python3 ../forecasting/statsforecast.py AutoETS

Reads unique_id,ds,y on the input and writes unique_id,ds,y_hat,lo-80,hi-80,... on the output; called with
--horizon H --season M --levels 80,95. MODEL is a name below, or median(A,B) of several. With --cpu the processor time of
the forecasts alone (import, compilation and a first run on a few series excluded) is written to the messages.

Needs: pip install statsforecast pandas
"""
import argparse, os, re, resource, sys, time, warnings

# This file has the name of the package that it imports.
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path = [folder for folder in sys.path if os.path.realpath(folder or ".") != HERE]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("NIXTLA_ID_AS_COL", "1")
warnings.filterwarnings("ignore")
import numpy as np, pandas as pd
import statsforecast.models as M
from statsforecast import StatsForecast

MODELS = {
    "AutoETS": lambda m: M.AutoETS(m), "AutoARIMA": lambda m: M.AutoARIMA(season_length=m), "CES": lambda m: M.AutoCES(m),
    "Theta": lambda m: M.Theta(m), "OTM": lambda m: M.OptimizedTheta(m), "DOTM": lambda m: M.DynamicOptimizedTheta(m),
    "AutoTheta": lambda m: M.AutoTheta(m), "MSTL": lambda m: M.MSTL(m, trend_forecaster=M.AutoETS(model="ZZN")),
    "SES": lambda m: M.SimpleExponentialSmoothingOptimized(), "SeasonalNaive": lambda m: M.SeasonalNaive(m),
    "Naive": lambda m: M.Naive(), "Drift": lambda m: M.RandomWalkWithDrift(),
    "Croston": lambda m: M.CrostonClassic(), "SBA": lambda m: M.CrostonSBA(), "TSB": lambda m: M.TSB(0.1, 0.1),
    "ADIDA": lambda m: M.ADIDA(), "IMAPA": lambda m: M.IMAPA(),
}
WITHOUT_INTERVALS = {"Croston", "SBA", "TSB", "ADIDA", "IMAPA", "SES"}

def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--season", type=int, default=1)
    parser.add_argument("--levels", default="")
    parser.add_argument("--cpu", action="store_true")
    a = parser.parse_args()
    names = re.match(r"median\((.*)\)$", a.model)
    names = names.group(1).split(",") if names else [a.model]
    for name in names:
        if name not in MODELS: sys.exit(f"no model {name}; one of {', '.join(MODELS)}")
    levels = [float(level) for level in a.levels.split(",") if level]
    table = pd.read_csv(sys.stdin, dtype={"unique_id": str})
    # Times other than running numbers are numbered; the order tells the rest.
    if not pd.api.types.is_integer_dtype(table.ds): table["ds"] = table.groupby("unique_id", sort=False).cumcount() + 1
    table["y"] = table.groupby("unique_id", sort=False)["y"].transform(lambda y: y.interpolate().bfill().ffill())

    def forecast(history):
        parts = []
        for name in names:
            wanted = levels and len(names) == 1 and name not in WITHOUT_INTERVALS
            engine = StatsForecast([MODELS[name](a.season)], freq=1, n_jobs=1, fallback_model=M.SeasonalNaive(a.season))
            frame = engine.forecast(h=a.horizon, df=history, **(dict(level=levels) if wanted else {}))
            if "unique_id" not in frame.columns: frame = frame.reset_index()
            columns = {}
            for column in frame.columns[2:]:
                bound = re.search(r"-(lo|hi)-([0-9.]+)$", column)
                columns[column] = f"{bound.group(1)}-{float(bound.group(2)):g}" if bound else "y_hat"
            parts.append(frame.rename(columns=columns))
        result = parts[0]
        if len(parts) > 1: result["y_hat"] = np.median([part["y_hat"] for part in parts], axis=0)
        return result

    ids = table["unique_id"].drop_duplicates()
    if a.cpu: forecast(table[table.unique_id.isin(set(ids.iloc[:: max(1, len(ids) // 6)]))])
    start, clock = cpu(), time.perf_counter()
    result = forecast(table)
    if a.cpu: print(f"cpu_seconds {cpu() - start:.3f} wall {time.perf_counter() - clock:.3f}", file=sys.stderr)
    result.to_csv(sys.stdout, index=False)

if __name__ == "__main__": main()
