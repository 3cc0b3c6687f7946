import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

ray.init()
node = ray.get_runtime_context().get_node_id()
where = ray.remote(lambda: ray.get_runtime_context().get_node_id())
print(ray.get(where.options(scheduling_strategy="SPREAD").remote()) == node)
affinity = NodeAffinitySchedulingStrategy(node_id=node, soft=False)
print(ray.get(where.options(scheduling_strategy=affinity).remote()) == node)
