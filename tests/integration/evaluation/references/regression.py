import numpy as np
import ray

ray.init()


@ray.remote
def sums(s):
    r = np.random.default_rng(s)
    x = r.uniform(-5, 5, 1000)
    y = 3.5 * x - 1.25 + r.normal(0, 0.2, 1000)
    return np.array([len(x), x.sum(), y.sum(), (x * x).sum(), (x * y).sum()])


n, sx, sy, sxx, sxy = sum(ray.get([sums.remote(s) for s in range(4)]))
m = (n * sxy - sx * sy) / (n * sxx - sx * sx)
print(f"slope = {m:.4f}\nintercept = {(sy - m * sx) / n:.4f}")
