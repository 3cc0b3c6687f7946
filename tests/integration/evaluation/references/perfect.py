import ray

ray.init()


@ray.remote
def perfect(lo, hi):
    return [
        n
        for n in range(lo, hi)
        if n > 1
        and 1 + sum(d + (n // d if d * d != n else 0) for d in range(2, int(n**0.5) + 1) if n % d == 0) == n
    ]


parts = ray.get([perfect.remote(k * 1250, (k + 1) * 1250) for k in range(8)])
print("Result:", [n for p in parts for n in p])
