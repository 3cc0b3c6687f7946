# /// script
# dependencies = ["torch"]
# ///
import ray
import torch

ray.init()


@ray.remote
def fit():
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    x = torch.linspace(-1, 1, 200, device=device)[:, None]
    layer = torch.nn.Linear(1, 1).to(device)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.3)
    for _ in range(300):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(layer(x), 3 * x + 1).backward()
        optimizer.step()
    return layer.weight.item(), layer.bias.item()


print("weight and bias:", *ray.get(fit.remote()))
