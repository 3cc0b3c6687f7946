from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool

with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda x: x * x, range(5))))
with ThreadPool(2) as pool:
    print(pool.map(len, ["a", "bb"]))
