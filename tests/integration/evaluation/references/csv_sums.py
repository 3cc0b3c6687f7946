import pandas as pd
import ray

ray.init()


@ray.remote
def total(df):
    return df.amount.sum()


df = pd.read_csv("sales.csv")
for r, g in df.groupby("region"):
    print(r, ray.get(total.remote(g)))
