"""Write partitioned Parquet, read it back with a filter, and aggregate."""
import pandas as pd
import ray

ray.init()
frame = pd.DataFrame({"day": [f"2026-01-{d:02}" for d in range(1, 11)] * 100, "clicks": range(1000)})
ray.data.from_pandas(frame).write_parquet("outputs/clicks")
back = ray.data.read_parquet("outputs/clicks").filter(lambda row: row["clicks"] % 2 == 0)
print(back.groupby("day").sum("clicks").sort("day").take(2))
