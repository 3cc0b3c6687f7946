# /// script
# dependencies = ["torch"]
# [tool.raygen]
# wall = 1800
# ///
"""Train a small network on a GPU where there is one, else on the CPU."""
import ray
import torch

ray.init()


@ray.remote
def train(seed):
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = torch.nn.Linear(8, 1).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.rand(256, 8, device=device)
    y = x.sum(dim=1, keepdim=True)
    for _ in range(50):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    return device, loss.item() < 0.5


print(ray.get([train.remote(seed) for seed in range(2)]))
