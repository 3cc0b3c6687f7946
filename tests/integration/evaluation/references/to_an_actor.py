import ray

ray.init()


@ray.remote
class Adder:
    def __init__(self):
        self.t = 0

    def add(self, x):
        self.t += x

    def total(self):
        return self.t


a = Adder.remote()
for n in range(1, 11):
    a.add.remote(n * n)
print("Result:", ray.get(a.total.remote()))
