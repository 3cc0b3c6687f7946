import ray

ray.init()


@ray.remote
def digits():
    return sum(map(int, str(2**1000)))


print("Result:", ray.get(digits.remote()))
