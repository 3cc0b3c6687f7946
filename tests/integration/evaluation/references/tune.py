import ray
from ray import tune

ray.init()


def t(c):
    return {"score": (c["x"] - 3) ** 2 + 0.125}


r = (
    tune.Tuner(
        t,
        param_space={"x": tune.grid_search([0, 1, 2, 3, 4])},
        tune_config=tune.TuneConfig(metric="score", mode="min"),
    )
    .fit()
    .get_best_result()
)
print("best x:", r.config["x"], "score:", r.metrics["score"])
