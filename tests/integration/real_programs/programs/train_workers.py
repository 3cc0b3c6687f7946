"""Distributed training on CPUs, with a checkpoint of each epoch."""
import json
import os
import tempfile

import numpy as np
from ray import train
from ray.train import Checkpoint, RunConfig, ScalingConfig
from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer


def loop():
    rng = np.random.default_rng(train.get_context().get_world_rank())
    weight = 0.0
    for epoch in range(3):
        x = rng.random(1000)
        weight -= 0.5 * float(np.mean(2 * (weight * x - 3 * x) * x))
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "weight.json"), "w") as file:
                json.dump({"weight": weight, "epoch": epoch}, file)
            train.report({"weight": weight}, checkpoint=Checkpoint.from_directory(folder))


trainer = DataParallelTrainer(
    loop,
    scaling_config=ScalingConfig(num_workers=2),
    run_config=RunConfig(storage_path=os.path.abspath("outputs/checkpoints")),
)
print("weight", round(trainer.fit().metrics["weight"], 2))
