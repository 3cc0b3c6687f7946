import json
import os

import ray

ray.init()


@ray.remote
def work(n):
    return n


ray.get([work.remote(n) for n in range(3)])
(node,) = ray.nodes()
print(node["Alive"], node["Resources"]["CPU"] == ray.cluster_resources()["CPU"])
print(
    "node:__internal_head__" in node["Resources"],
    f"node:{node['NodeManagerAddress']}" in node["Resources"],
)
print({"CPU", "memory", "object_store_memory"} <= set(ray.available_resources()))
os.makedirs("outputs", exist_ok=True)
ray.timeline("outputs/timeline.json")
with open("outputs/timeline.json") as file:
    print({event["name"] for event in json.load(file) if event["cat"] == "task::work"})
