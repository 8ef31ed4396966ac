#!/usr/bin/env python
"""Writes Tests/TimeSeriesTests/References/arima_m1.csv: what AutoARIMA of statsforecast 2.1.1 says of the M1 series.

Every yearly and quarterly series and 200 evenly spaced monthly ones, without approximation, as its default is; order,
log-likelihood and mean forecast (6, 8 and 18 steps). About eight CPU minutes; the sum is printed.

  arima_reference.py M1_LONG.csv.gz OUT.csv
"""
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
from statsforecast.arima import auto_arima_f, forecast_arima

table = pd.read_csv(sys.argv[1])
table = table[table.split == "train"]
series = {key: part.value.to_numpy(float) for key, part in table.groupby("series_id", sort=False)}
kinds = {"Y": (1, 6, 0), "Q": (4, 8, 0), "M": (12, 18, 200)}
with open(sys.argv[2], "w") as out:
    out.write("series,p,d,q,P,D,Q,season,constant,log_likelihood,mean_forecast\n")
    for kind, (season, horizon, sample) in kinds.items():
        names = [name for name in series if name.startswith(kind)]
        if sample:
            names = [names[i] for i in np.linspace(0, len(names) - 1, sample).astype(int)]
        for name in names[:2]:
            auto_arima_f(series[name], period=season, approximation=False)
        start = time.process_time()
        for name in names:
            fit = auto_arima_f(series[name], period=season, approximation=False)
            mean = np.mean(forecast_arima(fit, h=horizon)["mean"])
            p, q, P, Q, m, d, D = (int(v) for v in fit["arma"])
            constant = int("drift" in fit["coef"] or "intercept" in fit["coef"])
            if np.isfinite(fit.get("loglik", np.nan)):
                out.write(f"{name},{p},{d},{q},{P},{D},{Q},{m},{constant},{fit['loglik']:.10g},{mean:.10g}\n")
        print(kind, len(names), "CPU s", round(time.process_time() - start, 2))
