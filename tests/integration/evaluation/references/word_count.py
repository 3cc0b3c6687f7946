from collections import Counter

import ray

ray.init()


@ray.remote
def count(l):
    return Counter(l.split())


c = sum(ray.get([count.remote(l) for l in open("poem.txt").read().splitlines()]), Counter())
for w, n in c.most_common():
    print(f"{w:<6}{n}")
