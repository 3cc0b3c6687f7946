"""Count words in parallel, as a first MapReduce."""
from collections import Counter

import ray

ray.init()
TEXT = "the quick brown fox jumps over the lazy dog and the cat".split() * 5_000


@ray.remote
def count(words):
    return Counter(words)


parts = [TEXT[i : i + 10_000] for i in range(0, len(TEXT), 10_000)]
total = sum(ray.get([count.remote(part) for part in parts]), Counter())
print(total.most_common(3))
