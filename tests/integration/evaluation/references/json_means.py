import ray

ray.init()
print(
    ray.data.read_json("events.jsonl", lines=True)
    .groupby("user")
    .mean("ms")
    .to_pandas()
    .to_string(index=False)
)
