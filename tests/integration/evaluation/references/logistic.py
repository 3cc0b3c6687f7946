import numpy as np
import ray

ray.init()
r = np.random.default_rng(0)
X = np.vstack([r.normal(-3, 1, (1000, 2)), r.normal(3, 1, (1000, 2))])
y = np.repeat([0, 1], 1000)
o = r.permutation(2000)
X, y = X[o], y[o]


@ray.remote(num_cpus=0.5)
class W:
    def __init__(self, X, y):
        self.X, self.y = X, y

    def grad(self, w):
        return self.X.T @ (1 / (1 + np.exp(-self.X @ w)) - self.y) / len(self.y)


ws = [W.remote(X[:1000], y[:1000]), W.remote(X[1000:], y[1000:])]
w = np.zeros(2)
for _ in range(50):
    w -= 0.5 * np.mean(ray.get([a.grad.remote(w) for a in ws]), axis=0)
print(f"Accuracy: {((X @ w > 0) == y).mean():.4f}")
