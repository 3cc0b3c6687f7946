"""Simulate and plot."""
import matplotlib.pyplot as plt
import numpy as np
import ray

ray.init()


@ray.remote
def walk(seed):
    return np.random.default_rng(seed).normal(size=500).cumsum()


for path in ray.get([walk.remote(seed) for seed in range(5)]):
    plt.plot(path)
plt.title("Random walks")
plt.savefig("outputs/walks.png")
