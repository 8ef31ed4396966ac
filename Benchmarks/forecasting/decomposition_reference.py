#!/usr/bin/env python
"""Prints the reference values of Tests/TimeSeriesTests/MultipleSeasonTests.swift.

Needs statsforecast 2.1.1 (its MSTL is statsmodels' STL with a seasonal window of 11 and degree 0). The series is read
from Tests/TimeSeriesTests/PublishedSeries.swift. Run from the top of the repository.
"""
import re
import numpy as np
from statsforecast.mstl import mstl

text = open("Tests/TimeSeriesTests/PublishedSeries.swift").read()
block = re.search(r"passengers: \[Double\] = \[(.*?)\]", text, re.S).group(1)
values = np.array([float(v) for v in block.replace("\n", " ").split(",") if v.strip()])
parts = mstl(values, 12)
for position in [0, 1, 11, 30, 71, 100, 131, 142, 143]:
    trend, seasonal = float(parts["trend"][position]), float(parts["seasonal"][position])
    print(f"    ({position}, {trend!r}, {seasonal!r}),")
