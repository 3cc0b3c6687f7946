import json
import os
import tempfile

from ray import train
from ray.train import Checkpoint, RunConfig, ScalingConfig
from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer


def loop(config):
    context = train.get_context()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "state.json"), "w") as file:
            json.dump({"weight": config["weight"] * 2}, file)
        checkpoint = (
            Checkpoint.from_directory(folder) if context.get_world_rank() == 0 else None
        )
        train.report({"workers": context.get_world_size()}, checkpoint=checkpoint)


trainer = DataParallelTrainer(
    loop,
    train_loop_config={"weight": 3},
    scaling_config=ScalingConfig(num_workers=2),
    run_config=RunConfig(name="trained", storage_path=os.path.abspath("outputs")),
)
result = trainer.fit()
print(result.metrics)
with (
    result.checkpoint.as_directory() as folder,
    open(os.path.join(folder, "state.json")) as file,
):
    print(json.load(file))
