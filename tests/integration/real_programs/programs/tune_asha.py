"""A search that stops bad trials early."""
import random

from ray import tune
from ray.tune.schedulers import ASHAScheduler


def train(config):
    score = 0.0
    for step in range(1, 6):
        score += config["rate"] / step
        tune.report({"score": score, "training_iteration": step})


random.seed(1)
tuner = tune.Tuner(
    train,
    param_space={"rate": tune.uniform(0.1, 1.0)},
    tune_config=tune.TuneConfig(num_samples=4, metric="score", mode="max", scheduler=ASHAScheduler()),
)
print(len(tuner.fit()), "trials")
