import ray

ray.init()


@ray.remote
def sq(n):
    return n * n


flying = []
total = 0
for n in range(1, 61):
    if len(flying) >= 4:
        done, flying = ray.wait(flying)
        total += ray.get(done[0])
    flying.append(sq.remote(n))
total += sum(ray.get(flying))
print("Result:", total)
