"""Plot how the estimate of pi settles: one point for each task that has ended."""

import math
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import ray

TASKS = 100
SAMPLES = 10_000_000
SEED = 42


@ray.remote
def count_inside(samples, seed):
    x, y = np.random.default_rng(seed).random((2, samples))
    return int(np.count_nonzero(x * x + y * y <= 1.0))


def main():
    ray.init()
    share = max(1, SAMPLES // TASKS)
    seeds = np.random.SeedSequence(SEED).spawn(TASKS)
    inside = ray.get([count_inside.remote(share, seed) for seed in seeds])
    drawn = share * np.arange(1, TASKS + 1)
    estimates = 4 * np.cumsum(inside) / drawn

    figure, axes = plt.subplots(figsize=(7, 4))
    axes.plot(drawn, estimates, marker=".", label="estimate")
    axes.axhline(math.pi, color="black", linestyle="--", label="pi")
    axes.set(xlabel="points drawn", ylabel="estimate", title="Monte Carlo pi")
    axes.legend()
    Path("outputs").mkdir(exist_ok=True)
    figure.savefig("outputs/pi.png", dpi=120, bbox_inches="tight")
    pi = estimates[-1]
    print("The plot is in outputs/pi.png")
    print(f"Result: pi is about {pi:.6f} (off by {abs(pi - math.pi):.6f})")


if __name__ == "__main__":
    main()
