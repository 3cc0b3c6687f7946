import ray

ray.init()


@ray.remote
def ten(n):
    if n == 4:
        raise ValueError("no")
    return 10 * n


refs = {n: ten.remote(n) for n in range(1, 7)}
total = 0
for n, r in refs.items():
    try:
        total += ray.get(r)
    except ValueError:
        print("failed:", n)
print("Result:", total)
