"""Simulate random walks: how far walkers get, against what theory says."""

import numpy as np
import pandas as pd
import ray

WALKERS = 2_000
STEPS = 1_000
TASKS = 8
SEED = 42


@ray.remote
def walk(walkers, seed):
    """The distance from the origin of each walker at five moments on a square grid."""
    rng = np.random.default_rng(seed)
    moves = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], dtype=np.int32)
    moments = np.linspace(STEPS / 5, STEPS, 5).astype(int)
    distances = []
    for _ in range(walkers):
        path = moves[rng.integers(4, size=STEPS)].cumsum(axis=0)
        distances.append(np.hypot(*path[moments - 1].T))
    return moments, np.reshape(distances, (-1, 5))


def main():
    ray.init()
    seeds = np.random.SeedSequence(SEED).spawn(TASKS)
    sizes = [
        WALKERS * (task + 1) // TASKS - WALKERS * task // TASKS for task in range(TASKS)
    ]
    results = ray.get([walk.remote(*job) for job in zip(sizes, seeds, strict=True)])
    moments = results[0][0]
    distances = np.concatenate([part for _, part in results])
    root_mean_square = np.sqrt(np.square(distances).mean(axis=0))
    table = pd.DataFrame(
        {"steps": moments, "distance": root_mean_square, "theory": np.sqrt(moments)}
    )
    print(table.round(2).to_string(index=False))
    print(
        f"Result: {len(distances):,} walkers got {root_mean_square[-1]:.2f} far "
        f"in {STEPS:,} steps"
    )


if __name__ == "__main__":
    main()
