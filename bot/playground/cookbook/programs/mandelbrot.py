"""Draw the Mandelbrot set: every task computes some rows of the picture."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import ray

WIDTH = 600
ITERATIONS = 80
TASKS = 16


@ray.remote
def rows(imaginary):
    """After how many steps each point of these rows escapes."""
    c = np.linspace(-2.2, 0.8, WIDTH) + 1j * imaginary[:, None]
    z, steps = np.zeros_like(c), np.zeros(c.shape, dtype=int)
    for _ in range(ITERATIONS):
        inside = np.abs(z) <= 2
        steps += inside
        z[inside] = z[inside] ** 2 + c[inside]
    return steps


def main():
    ray.init()
    imaginary = np.linspace(-1.2, 1.2, int(WIDTH * 0.8))
    bands = np.array_split(imaginary, TASKS)
    picture = np.vstack(ray.get([rows.remote(band) for band in bands]))
    Path("outputs").mkdir(exist_ok=True)
    plt.imsave("outputs/mandelbrot.png", np.log1p(picture), cmap="magma")
    inside = (picture == ITERATIONS).mean()
    print("The picture is in outputs/mandelbrot.png")
    print(f"Result: {inside:.1%} of {picture.size:,} points belong to the set")


if __name__ == "__main__":
    main()
