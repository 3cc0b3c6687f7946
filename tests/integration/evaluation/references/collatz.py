import ray

ray.init()


@ray.remote
def best(lo, hi):
    b = (0, 0)
    for s in range(lo, hi):
        n, c = s, 1
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            c += 1
        b = max(b, (c, s))
    return b


c, s = max(ray.get([best.remote(max(1, k * 12500), (k + 1) * 12500) for k in range(8)]))
print(f"Result: {s:,} ({c} terms)")
