"""Search hyper-parameters at random: each task cross-validates one candidate."""

import numpy as np
import pandas as pd
import ray

TRIALS = 30
FOLDS = 5
ROWS = 2_000
TOP = 5
SEED = 42


def make_data():
    rng = np.random.default_rng(SEED)
    x = rng.uniform(-3, 3, ROWS)
    return x, np.sin(2 * x) + 0.3 * x + rng.normal(0, 0.3, ROWS)


@ray.remote
def evaluate(data, degree, penalty):
    """The mean squared error of a polynomial ridge regression, cross-validated."""
    x, y = data
    features = np.vander(x / 3, degree + 1)
    fold_of = np.arange(len(x)) % FOLDS
    errors = []
    for fold in range(FOLDS):
        train, test = fold_of != fold, fold_of == fold
        a = features[train]
        weights = np.linalg.solve(
            a.T @ a + penalty * np.eye(degree + 1), a.T @ y[train]
        )
        errors.append(np.square(features[test] @ weights - y[test]).mean())
    return float(np.mean(errors))


def main():
    ray.init()
    rng = np.random.default_rng(SEED)
    candidates = pd.DataFrame(
        {
            "degree": rng.integers(1, 16, TRIALS),
            "penalty": 10 ** rng.uniform(-4, 2, TRIALS),
        }
    )
    data = ray.put(make_data())  # stored once for all trials
    trials = [
        evaluate.remote(data, int(row.degree), float(row.penalty))
        for row in candidates.itertuples()
    ]
    table = candidates.assign(error=ray.get(trials)).sort_values("error")
    print(table.head(TOP).round(5).to_string(index=False))
    best = table.iloc[0]
    print(
        f"Result: the best of {TRIALS} trials is degree {int(best.degree)}, "
        f"penalty {best.penalty:.4g}, error {best.error:.4f}"
    )


if __name__ == "__main__":
    main()
