import ray

ray.init()


@ray.remote
class Mean:
    def __init__(self):
        self.s = self.n = 0

    def add(self, x):
        self.s += x
        self.n += 1
        return self.s / self.n


m = Mean.remote()
for x, r in [(x, m.add.remote(x)) for x in (4, 8, 15, 16, 23, 42)]:
    print(f"after {x}: {ray.get(r):.2f}")
