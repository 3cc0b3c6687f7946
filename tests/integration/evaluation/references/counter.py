import ray

ray.init()


@ray.remote
class Counter:
    def __init__(self):
        self.n = 0

    def add(self):
        self.n += 1

    def get(self):
        return self.n


@ray.remote
def work(c):
    ray.get([c.add.remote() for _ in range(25)])


c = Counter.remote()
ray.get([work.remote(c) for _ in range(10)])
print("Result:", ray.get(c.get.remote()))
