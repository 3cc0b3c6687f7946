import os

os.environ["RAY_AIR_NEW_OUTPUT"] = "0"
from ray import tune


def objective(config):
    tune.report({"score": (config["x"] - 3) ** 2})


tuner = tune.Tuner(
    objective,
    param_space={"x": tune.grid_search([1, 3])},
    run_config=tune.RunConfig(verbose=0),
)
results = tuner.fit()
print(results.get_best_result("score", "min").config, len(results))
