import numpy as np
import pandas as pd

import ray

# As many shuffles, by fewer processes.
ray.data.DataContext.get_current().default_hash_shuffle_parallelism = 2
data = ray.data.from_items([{"x": i} for i in range(10)])
doubled = data.map_batches(lambda batch: {"y": batch["x"] * 2}, batch_size=4)
print(
    sorted(
        int(y)
        for batch in doubled.iter_batches(batch_format="numpy")
        for y in batch["y"]
    )
)
print(doubled.schema().names, np.mean([row["y"] for row in doubled.take_all()]))

numbers = ray.data.range(100, override_num_blocks=4).map(
    lambda row: {"id": row["id"], "square": row["id"] ** 2}
)
print(numbers.count(), numbers.sum("square"))
fifties = numbers.filter(lambda row: row["id"] % 50 == 0).take_all()
print(sorted(row["square"] for row in fifties))

frame = pd.DataFrame({"team": list("abcab"), "points": [1, 2, 3, 4, 5]})
grouped = ray.data.from_pandas(frame).groupby("team").sum("points")
print(grouped.to_pandas().sort_values("team").to_string(index=False))

left = ray.data.from_items([{"k": i, "a": i * i} for i in (3, 1, 2)])
print(
    [row["a"] for row in left.sort("k").take_all()],
    left.union(left).count(),
    left.limit(2).count(),
)
left.sort("k").show(2)


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

rows = ray.data.range(100_000, override_num_blocks=4).map_batches(
    lambda batch: {"id": batch["id"], "rest": batch["id"] % 7}
)
print(rows.count(), rows.mean("id"))
counted = rows.filter(lambda row: row["rest"] > 4).groupby("rest").count().sort("rest")
print(counted.take_all())
