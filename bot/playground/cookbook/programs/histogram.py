"""Draw a histogram of random values: tasks count into bins, the driver plots."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import ray

VALUES = 1_000_000
TASKS = 8
BINS = 40
SEED = 42


@ray.remote
def count_into(edges, values, seed):
    """How many values fall into each bin; the values themselves stay with the task."""
    rng = np.random.default_rng(seed)
    group = rng.random(values) < 0.3
    sample = np.where(group, rng.normal(-2, 0.7, values), rng.normal(1.5, 1.1, values))
    # What lies outside is counted in the outermost bins.
    return np.histogram(sample.clip(edges[0], edges[-1]), bins=edges)[0]


def main():
    ray.init()
    edges = np.linspace(-6, 6, BINS + 1)
    seeds = np.random.SeedSequence(SEED).spawn(TASKS)
    sizes = [
        VALUES * (task + 1) // TASKS - VALUES * task // TASKS for task in range(TASKS)
    ]
    jobs = zip(sizes, seeds, strict=True)
    counts = sum(ray.get([count_into.remote(edges, *job) for job in jobs]))

    figure, axes = plt.subplots(figsize=(7, 4))
    axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", edgecolor="white")
    axes.set(xlabel="value", ylabel="count", title=f"{VALUES:,} random values")
    Path("outputs").mkdir(exist_ok=True)
    figure.savefig("outputs/histogram.png", dpi=120, bbox_inches="tight")
    peak = int(counts.argmax())
    print("The plot is in outputs/histogram.png")
    print(
        f"Result: {counts.sum():,} values in {BINS} bins, "
        f"most of them from {edges[peak]:.2f} to {edges[peak + 1]:.2f}"
    )


if __name__ == "__main__":
    main()
