# /// script
# dependencies = ["optuna"]
# ///
"""A Tune search with Optuna's sampler."""
from ray import tune
from ray.tune.search.optuna import OptunaSearch


def objective(config):
    tune.report({"loss": (config["x"] - 2) ** 2})


tuner = tune.Tuner(
    objective,
    param_space={"x": tune.uniform(0, 4)},
    tune_config=tune.TuneConfig(num_samples=4, metric="loss", mode="min", search_alg=OptunaSearch()),
)
print(len(tuner.fit()), "trials")
