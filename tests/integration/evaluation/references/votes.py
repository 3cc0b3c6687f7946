from collections import Counter

import ray

ray.init()


@ray.remote
class Box:
    def __init__(self):
        self.c = Counter()

    def vote(self, f):
        self.c[f] += 1

    def all(self):
        return dict(self.c)


@ray.remote
def voter(b, v):
    ray.get([b.vote.remote(f) for f, n in v.items() for _ in range(n)])


b = Box.remote()
ray.get([voter.remote(b, v) for v in ({"apple": 5, "pear": 2}, {"pear": 4}, {"plum": 3, "apple": 1})])
for f, n in ray.get(b.all.remote()).items():
    print(f"{f:<6} | {n:>4}")
