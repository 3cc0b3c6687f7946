"""Blur made-up images in parallel."""
import numpy as np
import ray

ray.init()


@ray.remote
def blur(image):
    padded = np.pad(image, 1, mode="edge")
    return sum(padded[y : y + 64, x : x + 64] for y in range(3) for x in range(3)) / 9


images = [np.random.default_rng(i).random((64, 64)) for i in range(12)]
print(round(float(np.mean(ray.get([blur.remote(each) for each in images]))), 2))
