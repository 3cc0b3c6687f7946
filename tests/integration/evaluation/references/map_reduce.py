from collections import Counter

import ray

ray.init()
S = ["red green blue", "green blue", "blue", "red blue"]


@ray.remote
def mapper(s):
    return Counter(s.split())


@ray.remote
def reducer(*cs):
    return sum(cs, Counter())


print(dict(ray.get(reducer.remote(*[mapper.remote(s) for s in S]))))
