import numpy as np
import ray

ray.init()


@ray.remote
def rows(g, a, b):
    n = sum(np.roll(np.roll(g, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))
    return ((n == 3) | ((g == 1) & (n == 2))).astype(int)[a:b]


g = np.zeros((20, 20), int)
for y, x in ((0, 1), (1, 2), (2, 0), (2, 1), (2, 2)):
    g[y, x] = 1
for _ in range(40):
    ref = ray.put(g)
    g = np.vstack(ray.get([rows.remote(ref, k * 5, k * 5 + 5) for k in range(4)]))
print("Result:", g.sum())
