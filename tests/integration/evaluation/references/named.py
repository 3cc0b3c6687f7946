import ray

ray.init()


@ray.remote
class Ledger:
    def __init__(self):
        self.t = 0

    def add(self, x):
        self.t += x
        return self.t


l = Ledger.options(name="ledger").remote()


@ray.remote
def use():
    l = ray.get_actor("ledger")
    ray.get(l.add.remote(17))
    return ray.get(l.add.remote(25))


print("Result:", ray.get(use.remote()))
