import ray
from ray.util import ActorPool


@ray.remote
class Doubler:
    def double(self, x):
        return 2 * x


pool = ActorPool([Doubler.remote() for _ in range(2)])
print(list(pool.map(lambda actor, x: actor.double.remote(x), range(6))))
print(sorted(pool.map_unordered(lambda actor, x: actor.double.remote(x), range(6))))
