import numpy as np

import ray

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
