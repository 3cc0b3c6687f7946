import ray


class Model:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, batch):
        batch["scaled"] = batch["id"] * self.factor
        return batch


scaled = ray.data.range(6).map_batches(
    Model,
    fn_constructor_args=(10,),
    compute=ray.data.ActorPoolStrategy(size=1),
    batch_size=3,
)
print(sorted(row["scaled"] for row in scaled.take_all()))
print(
    scaled.split_at_indices([2])[1].count(),
    ray.data.range(3).zip(ray.data.range(3)).count(),
)
