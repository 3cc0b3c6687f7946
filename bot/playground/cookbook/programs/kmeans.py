"""Cluster points by k-means: tasks assign their share, the driver moves the centers."""

import numpy as np
import pandas as pd
import ray

CLUSTERS = 4
POINTS = 40_000
TASKS = 4
ROUNDS = 30
SEED = 42


@ray.remote
def assign(points, centers):
    """The sum and number of the points that are nearest to each center."""
    distances = np.linalg.norm(points[:, None] - centers, axis=2)
    nearest = distances.argmin(axis=1)
    sums = np.array([points[nearest == k].sum(axis=0) for k in range(len(centers))])
    return sums, np.bincount(nearest, minlength=len(centers))


def make_points():
    rng = np.random.default_rng(SEED)
    angle = 2 * np.pi * rng.integers(CLUSTERS, size=POINTS) / CLUSTERS
    middle = 10 * np.column_stack([np.cos(angle), np.sin(angle)])
    return middle + rng.normal(size=(POINTS, 2))


def first_centers(points):
    """Far apart from each other, so that no cluster gets two of them."""
    centers = points[:1]
    while len(centers) < CLUSTERS:
        gaps = np.linalg.norm(points[:, None] - centers, axis=2).min(axis=1)
        centers = np.vstack([centers, points[gaps.argmax()]])
    return centers


def main():
    ray.init()
    points = make_points()
    shares = [ray.put(share) for share in np.array_split(points, TASKS)]
    centers = first_centers(points)
    for number in range(1, ROUNDS + 1):
        parts = ray.get([assign.remote(share, centers) for share in shares])
        sums, counts = (sum(column) for column in zip(*parts, strict=True))
        moved = sums / np.maximum(counts, 1)[:, None]
        if np.allclose(moved, centers):
            break
        centers = moved
    table = pd.DataFrame(centers, columns=["x", "y"]).assign(points=counts)
    print(table.round(2).to_string())
    print(f"Result: {CLUSTERS} clusters of {counts.sum():,} points in {number} rounds")


if __name__ == "__main__":
    main()
