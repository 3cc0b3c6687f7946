# /// script
# dependencies = ["networkx"]
# ///
import networkx as nx
import ray

ray.init()


@ray.remote
def edges(n):
    return nx.shortest_path_length(nx.grid_2d_graph(n, n), (0, 0), (n - 1, n - 1))


print(ray.get([edges.remote(10), edges.remote(20)]))
