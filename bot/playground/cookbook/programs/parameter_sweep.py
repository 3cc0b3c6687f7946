"""Sweep a grid of parameters: one task simulates each combination."""

import itertools

import numpy as np
import pandas as pd
import ray

SPEEDS = 6
ANGLES = 9
DRAG = 0.005


@ray.remote
def simulate(speed, angle):
    """How far a ball flies, with drag, in steps of a millisecond."""
    step, gravity = 0.001, 9.81
    x, y = 0.0, 0.0
    vx, vy = speed * np.cos(np.radians(angle)), speed * np.sin(np.radians(angle))
    while y >= 0.0:
        drag = DRAG * np.hypot(vx, vy)
        vx, vy = vx - drag * vx * step, vy - (gravity + drag * vy) * step
        x, y = x + vx * step, y + vy * step
    return x


def main():
    ray.init()
    speeds = np.linspace(10, 35, SPEEDS).round(1)
    angles = np.linspace(10, 75, ANGLES).round(1)
    grid = list(itertools.product(speeds, angles))
    distances = ray.get([simulate.remote(*point) for point in grid])

    table = pd.DataFrame(grid, columns=["speed", "angle"]).assign(distance=distances)
    pivot = table.pivot_table(index="angle", columns="speed", values="distance")
    print(pivot.round(1).to_string())
    best = table.loc[table["distance"].idxmax()]
    print(
        f"Result: the best of {len(grid)} combinations is speed {best.speed} "
        f"at {best.angle} degrees, {best.distance:.1f} m"
    )


if __name__ == "__main__":
    main()
