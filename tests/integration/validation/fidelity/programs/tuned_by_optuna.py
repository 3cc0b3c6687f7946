import os

os.environ["RAY_AIR_NEW_OUTPUT"] = "0"
from ray import tune
from ray.tune.search.optuna import OptunaSearch


def objective(config):
    tune.report({"score": (config["x"] - 3) ** 2})


tuner = tune.Tuner(
    objective,
    param_space={"x": tune.uniform(0, 6)},
    tune_config=tune.TuneConfig(
        metric="score",
        mode="min",
        search_alg=OptunaSearch(seed=1),
        num_samples=3,
        max_concurrent_trials=2,
    ),
    run_config=tune.RunConfig(verbose=0),
)
results = tuner.fit()
print(len(results), results.get_best_result().metrics["score"] < 1)
