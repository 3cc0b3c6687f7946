import ray
from ray.util.placement_group import placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy


@ray.remote(num_cpus=1)
class Worker:
    def bundle(self, index):
        group = ray.util.get_current_placement_group()
        return index, group is not None and group.bundle_count


group = placement_group([{"CPU": 1}] * 2, strategy="STRICT_PACK", name="workers")
ray.get(group.ready(), timeout=60)
workers = [
    Worker.options(
        scheduling_strategy=PlacementGroupSchedulingStrategy(
            placement_group=group, placement_group_bundle_index=index
        )
    ).remote()
    for index in range(2)
]
print(ray.get([worker.bundle.remote(index) for index, worker in enumerate(workers)]))
print(ray.util.get_placement_group("workers").bundle_specs)
remove_placement_group(group)
