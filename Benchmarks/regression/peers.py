"""The peers of the regression benchmark, and the residuals by which both sides are judged; called by `run`."""
import json, os, sys, time, warnings

warnings.filterwarnings("ignore")
import numpy as np


def check():
    import glum, lifelines, pandas, sklearn


class Folder:
    def __init__(self, path, rows):
        self.path, self.rows = path, rows

    def vector(self, name, kind=np.float64):
        return np.fromfile(os.path.join(self.path, name), dtype=kind)

    def matrix(self, name, columns):
        """Rows first, as the peers want it."""
        return np.ascontiguousarray(self.vector(name).reshape(columns, self.rows).T)

    def save(self, values, name):
        np.asarray(values, dtype=np.float64).tofile(os.path.join(self.path, name))


def lasso_grid(x, y):
    """100 penalties from the least that leaves nothing in to a thousandth of it; x and y centred."""
    largest = np.abs(x.T @ y).max() / len(y)
    return np.geomspace(largest, largest * 1e-3, 100)


# Every case loads its data and returns a function that fits; only that function is timed.
def ols(folder):
    from sklearn.linear_model import Ridge
    x, y = folder.matrix("tall_x", 100), folder.vector("tall_y")

    def fit():
        model = Ridge(alpha=1.0, solver="cholesky").fit(x, y)
        return np.r_[model.intercept_, model.coef_]
    return "scikit-learn Ridge(cholesky), no standard errors", fit


def logistic(folder):
    from sklearn.linear_model import LogisticRegression
    x, y = folder.matrix("tall_x", 100), folder.vector("tall_event")

    def fit():
        model = LogisticRegression(C=1.0, solver="lbfgs", tol=1e-8, max_iter=1000).fit(x, y)
        return np.r_[model.intercept_, model.coef_[0]]
    return "scikit-learn LogisticRegression(lbfgs, tol 1e-8), no standard errors", fit


def lasso(folder):
    from sklearn.linear_model import lasso_path
    x, y = folder.matrix("lasso_x", 1000), folder.vector("lasso_y")
    x = np.asfortranarray(x - x.mean(0))
    y = y - y.mean()
    grid = lasso_grid(x, y)

    def fit():
        _, path, _ = lasso_path(x, y, alphas=grid, precompute=True, tol=1e-7)
        return np.r_[grid, path.T.ravel()]
    return "scikit-learn lasso_path(Gram, tol 1e-7)", fit


def poisson(folder):
    import pandas
    from glum import GeneralizedLinearRegressor
    x, y = folder.matrix("poisson_x", 20), folder.vector("poisson_y")
    frame = pandas.DataFrame({f"x{j}": x[:, j] for j in range(20)})
    for name in ("region", "partner"):
        frame[name] = pandas.Categorical(folder.vector(f"poisson_{name}", np.int32))

    def fit():
        model = GeneralizedLinearRegressor(
            family="poisson", alpha=1e-6, l1_ratio=0, gradient_tol=1e-7, drop_first=True).fit(frame, y)
        return np.r_[model.intercept_, model.coef_]
    return "glum, ridge 1e-6", fit


def cox(folder):
    import pandas
    from lifelines import CoxPHFitter
    x = folder.matrix("cox_x", 50)
    frame = pandas.DataFrame(x, columns=[f"x{j}" for j in range(50)])
    frame["time"], frame["event"] = folder.vector("cox_time"), folder.vector("cox_event")

    def fit():
        return CoxPHFitter().fit(frame, "time", "event").params_.to_numpy()
    return "lifelines CoxPHFitter (Efron)", fit


CASES = {"ols": ols, "logistic": logistic, "lasso": lasso, "poisson": poisson, "cox": cox}


def scaled(gradient, x):
    """The intercept's element, and the others per standard deviation of their column."""
    return max(abs(gradient[0]), np.abs(gradient[1:] / x.std(0)).max())


def residuals(case, folder):
    def of(side):
        b = folder.vector(f"{case}_{side}")
        if case in ("ols", "logistic"):
            x = folder.matrix("tall_x", 100)
            n = len(x)
            eta = b[0] + x @ b[1:101]
            penalty = np.zeros(100)
            if case == "ols":
                residual = folder.vector("tall_y") - eta
            else:
                residual = folder.vector("tall_event") - 1 / (1 + np.exp(-eta))
            if side == "peer":
                penalty = b[1:101] / n
            return scaled(np.r_[residual.mean(), x.T @ residual / n - penalty], x)
        if case == "lasso":
            x, y = folder.matrix("lasso_x", 1000), folder.vector("lasso_y")
            mean = x.mean(0)
            gram = (x.T @ x) / len(y) - np.outer(mean, mean)
            cross = x.T @ (y - y.mean()) / len(y)
            grid, path = b[:100], b[100:].reshape(100, 1000)
            worst = 0
            for penalty, beta in zip(grid[1:], path[1:]):
                g, on = cross - gram @ beta, beta != 0
                if on.any():
                    worst = max(worst, np.abs(g[on] - penalty * np.sign(beta[on])).max() / penalty)
                if not on.all():
                    worst = max(worst, np.abs(g[~on]).max() / penalty - 1)
            return worst
        if case == "poisson":
            x, y = folder.matrix("poisson_x", 20), folder.vector("poisson_y")
            effects = {"region": np.r_[0, b[21:320]], "partner": np.r_[0, b[320:5319]]}
            codes = {name: folder.vector(f"poisson_{name}", np.int32) for name in effects}
            eta = b[0] + x @ b[1:21] + sum(effects[name][codes[name]] for name in effects)
            residual = y - np.exp(eta)
            n = len(y)
            ridge = 1e-6 if side == "peer" else 0
            gradient = scaled(np.r_[residual.mean(), x.T @ residual / n - ridge * b[1:21]], x)
            for name in effects:
                sums = np.bincount(codes[name], residual, len(effects[name])) / n - ridge * effects[name]
                gradient = max(gradient, np.abs(sums[1:]).max())
            return gradient
        return cox_gradient(folder, b[:50])
    return {"ours": float(of("ours")), "peer": float(of("peer"))}


def cox_gradient(folder, b):
    """Of Efron's partial likelihood per row."""
    x, t, e = folder.matrix("cox_x", 50), folder.vector("cox_time"), folder.vector("cox_event") > 0
    order = np.argsort(-t, kind="stable")
    x, t, e = x[order], t[order], e[order]
    r = np.exp(x @ b)
    s0, s1 = np.cumsum(r), np.cumsum(r[:, None] * x, 0)
    gradient = x[e].sum(0)
    starts = np.r_[0, np.nonzero(np.diff(t))[0] + 1, len(t)]
    for a, z in zip(starts[:-1], starts[1:]):
        events = np.nonzero(e[a:z])[0] + a
        if len(events) == 0:
            continue
        d0, d1 = r[events].sum(), (r[events, None] * x[events]).sum(0)
        share = np.arange(len(events)) / len(events)
        gradient -= ((s1[z - 1][None, :] - share[:, None] * d1) / (s0[z - 1] - share * d0)[:, None]).sum(0)
    return np.abs(gradient / len(t) / x.std(0)).max()


def main():
    if sys.argv[1] == "check":
        return check()
    case, folder = sys.argv[2], Folder(sys.argv[3], int(sys.argv[4]))
    if sys.argv[1] == "residuals":
        return print(json.dumps(residuals(case, folder)))
    name, fit = CASES[case](folder)
    start = time.process_time()
    coefficients = fit()
    seconds = time.process_time() - start
    folder.save(coefficients, f"{case}_peer")
    print(json.dumps({"cpu": seconds, "name": name}))


main()
