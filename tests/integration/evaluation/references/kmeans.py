import numpy as np
import ray

ray.init()
r = np.random.default_rng(1)
p = np.vstack([r.normal(c, 0.5, (200, 2)) for c in ((0, 0), (10, 0), (0, 20))])


@ray.remote
def assign(p, c):
    return ((p[:, None] - c) ** 2).sum(2).argmin(1)


c = p[[0, 200, 400]]
for _ in range(5):
    a = np.concatenate(ray.get([assign.remote(p[k : k + 200], c) for k in range(0, 600, 200)]))
    c = np.array([p[a == k].mean(0) for k in range(3)])
print(c.round(2))
