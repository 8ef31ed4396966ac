"""Reconciled forecasts of hierarchicalforecast 1.5.3 for a small made-up hierarchy.

Writes Tests/TimeSeriesTests/References/reconciliation.json: the hierarchy's keys, base forecasts, one-step errors, and what
OLS, WLS-struct, WLS-var and MinT-shrink make of them. All inputs come from the generator below.

usage: python reconciliation_reference.py OUTPUT
"""

import json
import sys

import numpy as np
from hierarchicalforecast.methods import MinTrace

generator = np.random.default_rng(20240607)
regions = {"east": ["e1", "e2", "e3"], "north": ["n1", "n2"], "west": ["w1"]}
products = ["desk", "lamp", "sofa"]
rows = [(r, c, p) for r, cs in regions.items() for c in cs for p in products if (c, p) != ("n2", "sofa")]
levels = [[], [0], [2], [0, 1], [0, 2]]  # total, region, product, region/city, region/product; then the bottom series


def key(row, columns):
    return tuple(row[c] for c in columns)


S, names = [], []
for columns in levels:
    for group in dict.fromkeys(key(row, columns) for row in rows):
        members = [1.0 if key(row, columns) == group else 0.0 for row in rows]
        S.append(members)
        names.append("/".join(group) or "total")
# The one city of the west region is the region: a level's node may repeat another level's.
S = np.vstack([np.array(S), np.eye(len(rows))])
names += ["/".join(row) for row in rows]

periods, horizon = 24, 3
size = generator.uniform(2, 60, len(rows))
shared = generator.normal(size=(2, periods))
mix = generator.normal(size=(len(rows), 2))
bottom = size[:, None] * 0.1 * (generator.normal(size=(len(rows), periods)) + 0.7 * mix @ shared)
errors = np.round(S @ bottom * generator.uniform(0.7, 1.3, (len(S), 1)) + generator.normal(size=(len(S), periods)), 3)
base = S @ (size[:, None] * np.array([1.0, 1.1, 0.2]))
base = np.round(base + generator.normal(size=base.shape) * (0.08 * base + 1.0), 3)

result = {
    "regions": [r[0] for r in rows], "cities": [r[1] for r in rows], "products": [r[2] for r in rows], "names": names,
    "horizon": horizon, "periods": periods, "base": base.flatten().tolist(), "errors": errors.flatten().tolist(),
}
for method in ("ols", "wls_struct", "wls_var", "mint_shrink"):
    # Their protection against zero variances adds 2e-8; it is switched off where it can be.
    options = {"mint_shr_ridge": 0.0} if method == "mint_shrink" else {}
    fitted = MinTrace(method, **options)(S=S, y_hat=base, y_insample=errors, y_hat_insample=np.zeros_like(errors))
    result[method] = np.round(fitted["mean"], 10).flatten().tolist()
with open(sys.argv[1], "w") as file:
    json.dump(result, file, separators=(",", ":"))
print(len(rows), "bottom series,", len(S), "nodes", base.min())
