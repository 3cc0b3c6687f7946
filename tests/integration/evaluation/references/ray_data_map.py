import ray

ray.init()
print("Result:", ray.data.range(1000).map_batches(lambda b: {"x": b["id"] * 2}).sum("x"))
