import numpy as np
import ray

ray.init()


@ray.remote
def part(a, b):
    x = np.linspace(a, b, 10001)
    return float(np.trapezoid(np.sin(x), x))


e = np.linspace(0, np.pi, 9)
print("Result:", round(sum(ray.get([part.remote(a, b) for a, b in zip(e[:-1], e[1:])])), 6))
