import ray
from ray.util.multiprocessing import Pool

ray.init()


def square(n):
    return n * n


with Pool(2) as pool:
    print(sum(pool.map(square, range(100))))
