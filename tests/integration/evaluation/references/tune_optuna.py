# /// script
# dependencies = ["optuna"]
# ///
import ray
from ray import tune
from ray.tune.search.optuna import OptunaSearch

ray.init()


def objective(config):
    tune.report({"loss": (config["x"] - 3) ** 2 + 1})


tuner = tune.Tuner(
    objective,
    param_space={"x": tune.uniform(-10, 10)},
    tune_config=tune.TuneConfig(
        search_alg=tune.search.ConcurrencyLimiter(OptunaSearch(seed=1), max_concurrent=2),
        metric="loss",
        mode="min",
        num_samples=20,
    ),
)
print("Best x:", tuner.fit().get_best_result().config["x"])
