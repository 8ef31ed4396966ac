"""Reference values of automatic exponential smoothing, by statsforecast.

    python smoothing_reference.py DATA/forecasting/m1_long.csv.gz > Tests/TimeSeriesTests/References/smoothing_m1.csv

For all series of the M1 competition: the form chosen, its AICc and the mean of the forecasts over the horizon. No value
of a series is written. Made with statsforecast 2.1.1.
"""
import sys
import warnings

import pandas as pd
from statsforecast.ets import ets_f, forecast_ets

warnings.filterwarnings("ignore")
data = pd.read_csv(sys.argv[1])
data = data[data.split == "train"]
seasons = {"Y": (1, 6), "Q": (4, 8), "M": (12, 18)}
print("series,form,aicc,mean")
for name, values in data.groupby("series_id", sort=False)["value"]:
    season, horizon = seasons[name[0]]
    fit = ets_f(values.to_numpy(float), season)
    error, trend, term, damped = fit["components"]
    form = f"{error}-{trend}{'d' if damped == 'D' else ''}-{term}"
    print(f"{name},{form},{fit['aicc']:.8g},{forecast_ets(fit, horizon)['mean'].mean():.7g}")
