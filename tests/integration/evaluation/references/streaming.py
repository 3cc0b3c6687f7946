import ray

ray.init()


@ray.remote(num_returns="streaming")
def cubes():
    for n in range(1, 9):
        yield n**3


for ref in cubes.remote():
    print(ray.get(ref))
