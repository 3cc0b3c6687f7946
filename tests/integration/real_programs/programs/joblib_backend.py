"""joblib's Parallel with Ray as its backend."""
import numpy as np
import ray
from joblib import Parallel, delayed, parallel_config
from ray.util.joblib import register_ray

ray.init()
register_ray()


def bootstrap(seed):
    rng = np.random.default_rng(seed)
    return rng.choice(np.arange(100), 100).mean()


with parallel_config("ray", n_jobs=2):
    means = Parallel()(delayed(bootstrap)(seed) for seed in range(200))
print(f"{len(means)} resamples, mean {np.mean(means):.0f}")
