"""Forecasts of statsforecast 2.1.1 for made-up series of occasional demand.

Writes Tests/TimeSeriesTests/References/intermittent.json: the series, and per model the forecast of the next value.

usage: python intermittent_reference.py OUTPUT
"""

import json
import sys

import numpy as np
from statsforecast.models import ADIDA, IMAPA, TSB, CrostonClassic, CrostonOptimized, CrostonSBA

generator = np.random.default_rng(20240608)
models = {
    "croston": CrostonClassic(),
    "croston_optimized": CrostonOptimized(),
    "syntetos_boylan": CrostonSBA(),
    "teunter_syntetos_babai": TSB(0.1, 0.1),
    "aggregate_disaggregate": ADIDA(),
    "intermittent_multiple_aggregation": IMAPA(),
}
series = []
for index in range(12):
    length = 24 + 5 * index
    chance = 0.1 + 0.06 * index
    size = 1 + generator.poisson(1 + index / 2, length)
    series.append(np.where(generator.random(length) < chance, size, 0).astype(float))
series.append(np.zeros(20))
series.append(np.array([0.0] * 9 + [4.0] + [0.0] * 20))

with open(sys.argv[1], "w") as file:
    json.dump(
        {
            "series": [s.tolist() for s in series],
            "forecasts": {
                name: [float(model.forecast(y=s, h=1)["mean"][0]) for s in series] for name, model in models.items()
            },
        },
        file,
    )
    file.write("\n")
