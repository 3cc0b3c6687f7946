"""Two actors that must be on one node."""
import ray
from ray.util.placement_group import placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

ray.init()
group = placement_group([{"CPU": 1}, {"CPU": 1}], strategy="STRICT_PACK")
ray.get(group.ready())


@ray.remote(num_cpus=1)
def node():
    return ray.get_runtime_context().get_node_id()


on = PlacementGroupSchedulingStrategy(placement_group=group)
print(len(set(ray.get([node.options(scheduling_strategy=on).remote() for _ in range(2)]))), "node")
remove_placement_group(group)
