import ray


@ray.remote
class Sum:
    def __init__(self):
        self.total = 0

    def add(self, x):
        self.total += x

    def get(self):
        return self.total


@ray.remote
def feed(sink, x):
    ray.get(sink.add.remote(x))


sink = Sum.remote()
ray.get([feed.remote(sink, x) for x in range(5)])
print(ray.get(sink.get.remote()))
