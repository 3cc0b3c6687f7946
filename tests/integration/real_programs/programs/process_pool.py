"""A multiprocessing pool that runs on Ray."""
from ray.util.multiprocessing import Pool


def is_prime(n):
    return n > 1 and all(n % k for k in range(2, int(n**0.5) + 1))


with Pool(2) as pool:
    print(sum(pool.map(is_prime, range(2000))), "primes below 2000")
