"""A grid search with Ray Tune."""
from ray import tune


def objective(config):
    tune.report({"loss": (config["x"] - 3) ** 2 + config["y"]})


space = {"x": tune.grid_search([1, 2, 3]), "y": tune.grid_search([0, 1])}
best = tune.Tuner(objective, param_space=space).fit().get_best_result("loss", "min")
print(best.config, best.metrics["loss"])
