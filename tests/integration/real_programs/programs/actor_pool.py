"""Batch inference by a pool of actors that load their model once."""
import numpy as np
import ray
from ray.util import ActorPool

ray.init()


@ray.remote
class Model:
    def __init__(self):
        self.weights = np.random.default_rng(0).random((16, 3))

    def predict(self, batch):
        return np.argmax(batch @ self.weights, axis=1)


batches = [np.random.default_rng(i).random((100, 16)) for i in range(8)]
pool = ActorPool([Model.remote() for _ in range(2)])
labels = np.concatenate(list(pool.map(lambda actor, batch: actor.predict.remote(batch), batches)))
print(np.bincount(labels, minlength=3).sum(), "rows labelled")
