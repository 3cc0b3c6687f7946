# /// script
# dependencies = ["torch"]
# ///
"""Ray Train with PyTorch on two workers, with a checkpoint."""
import os
import tempfile

import torch
from ray import train
from ray.train import Checkpoint, RunConfig, ScalingConfig
from ray.train.torch import TorchTrainer, prepare_model


def loop(config):
    model = prepare_model(torch.nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.rand(64, 4)
    for epoch in range(config["epochs"]):
        loss = torch.nn.functional.mse_loss(model(x), x.sum(dim=1, keepdim=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with tempfile.TemporaryDirectory() as folder:
            if train.get_context().get_world_rank() == 0:
                torch.save(model.state_dict(), os.path.join(folder, "model.pt"))
            train.report({"epoch": epoch}, checkpoint=Checkpoint.from_directory(folder))


trainer = TorchTrainer(
    loop,
    train_loop_config={"epochs": 2},
    scaling_config=ScalingConfig(num_workers=2, use_gpu=False),
    run_config=RunConfig(storage_path=os.path.abspath("outputs/checkpoints")),
)
print(trainer.fit().metrics["epoch"])
