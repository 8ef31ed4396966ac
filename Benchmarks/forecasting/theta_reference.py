"""Reference values of the theta models and of complex exponential smoothing, by statsforecast.

    python theta_reference.py DATA/forecasting/m1_long.csv.gz > Tests/TimeSeriesTests/References/theta_m1.csv

For all yearly and quarterly series of the M1 competition and every fourth monthly one: the objective (sum of squared
errors over mean size, without the first three errors; AICc) and the mean of the forecasts over the horizon, of the
standard, optimised and dynamic optimised theta model and of the automatic choice of complex exponential smoothing.
No value of a series is written. Made with statsforecast 2.1.1.
"""
import sys
import warnings

import pandas as pd
from statsforecast.ces import auto_ces, forecast_ces
from statsforecast.theta import auto_theta, forecast_theta

warnings.filterwarnings("ignore")
data = pd.read_csv(sys.argv[1])
data = data[data.split == "train"]
seasons = {"Y": (1, 6), "Q": (4, 8), "M": (12, 18)}
print("series,STM,,OTM,,DOTM,,CES,")
monthly = 0
for name, values in data.groupby("series_id", sort=False)["value"]:
    season, horizon = seasons[name[0]]
    if season == 12:
        monthly += 1
        if monthly % 4 != 1:
            continue
    y = values.to_numpy(float)
    fields = [name]
    for model in ("STM", "OTM", "DOTM"):
        fit = auto_theta(y, season, model=model)
        fields += [f"{fit['mse']:.9g}", f"{forecast_theta(fit, horizon)['mean'].mean():.7g}"]
    fit = auto_ces(y, season)
    fields += [f"{fit['aicc']:.7g}", f"{forecast_ces(fit, horizon)['mean'].mean():.7g}"]
    print(",".join(fields))
