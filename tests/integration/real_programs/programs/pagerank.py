# /// script
# dependencies = ["networkx"]
# ///
"""PageRank of many small graphs."""
import networkx
import ray

ray.init()


@ray.remote
def top(seed):
    return len(networkx.gnp_random_graph(50, 0.1, seed=seed))


print(sum(ray.get([top.remote(seed) for seed in range(8)])))
