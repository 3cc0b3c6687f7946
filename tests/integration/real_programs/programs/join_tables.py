"""Join two data frames by partitions, and show a table."""
import pandas as pd
import ray

ray.init()
orders = pd.DataFrame({"customer": [n % 10 for n in range(1000)], "amount": range(1000)})
customers = pd.DataFrame({"customer": range(10), "country": ["de", "fr"] * 5})


@ray.remote
def joined(part, customers):
    return part.merge(customers, on="customer").groupby("country")["amount"].sum()


shared = ray.put(customers)
parts = ray.get([joined.remote(orders.iloc[i::4], shared) for i in range(4)])
pd.concat(parts).groupby(level=0).sum().to_frame()
