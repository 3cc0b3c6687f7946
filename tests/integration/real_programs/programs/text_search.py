"""Search documents by TF-IDF, written by hand."""
import math
from collections import Counter

import ray

ray.init()
DOCUMENTS = {f"doc{n}": f"ray runs task number {n} on node {n % 7}" for n in range(200)}


@ray.remote
def frequencies(item):
    name, text = item
    return name, Counter(text.split())


counted = dict(ray.get([frequencies.remote(item) for item in DOCUMENTS.items()]))
present = Counter(word for counts in counted.values() for word in counts)
query = "task 42".split()
scores = {
    name: sum(counts[w] * math.log(len(counted) / present[w]) for w in query if present[w])
    for name, counts in counted.items()
}
print(max(scores, key=scores.get))
