import joblib
from ray.util.joblib import register_ray
from ray.util.multiprocessing import Pool


def square(x):
    return x * x


with Pool(2) as pool:
    print(pool.map(square, range(5)))
    print(pool.apply(square, (7,)), sorted(pool.imap_unordered(square, range(3))))
    print(pool.starmap(pow, [(2, 3), (3, 2)]))
register_ray()
with joblib.parallel_backend("ray", n_jobs=2):
    print(joblib.Parallel()(joblib.delayed(square)(n) for n in range(6)))
