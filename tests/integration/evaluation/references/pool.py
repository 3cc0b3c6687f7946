import ray
from ray.util import ActorPool

ray.init()


@ray.remote
class W:
    def cube(self, n):
        return n**3


p = ActorPool([W.remote() for _ in range(3)])
print("Result:", sum(p.map(lambda a, n: a.cube.remote(n), range(1, 21))))
