"""A pipeline of Ray Data over a million rows."""
import numpy as np
import ray

ray.init()
rows = ray.data.range(1_000_000, override_num_blocks=8)
print(rows.map_batches(lambda batch: {"square": np.square(batch["id"])}).sum("square"))
