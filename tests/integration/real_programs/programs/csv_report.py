"""Group a shared CSV by region."""
import pandas as pd
import ray

ray.init()
frame = pd.read_csv("sales.csv")


@ray.remote
def summary(region, rows):
    return region, int(rows["amount"].sum())


print(sorted(ray.get([summary.remote(name, rows) for name, rows in frame.groupby("region")])))
