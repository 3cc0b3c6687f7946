import ray
from ray.util.placement_group import placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

group = placement_group([{"CPU": 1}, {"CPU": 1}], strategy="PACK")
print(ray.get(group.ready()) is not None, group.bundle_specs)
strategy = PlacementGroupSchedulingStrategy(placement_group=group)
print(
    ray.get(
        ray.remote(num_cpus=1)(lambda: "inside")
        .options(scheduling_strategy=strategy)
        .remote()
    )
)
remove_placement_group(group)
