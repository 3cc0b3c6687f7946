import ray


@ray.remote
class Counter:
    """Counts."""

    def __init__(self, start=0):
        self.value = start

    def add(self, n=1):
        self.value += n
        return self.value


counter = Counter.remote(10)
print(
    ray.get([counter.add.remote() for _ in range(4)]), ray.get(counter.add.remote(n=5))
)
