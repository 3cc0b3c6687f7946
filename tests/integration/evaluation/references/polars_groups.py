# /// script
# dependencies = ["polars"]
# ///
import polars as pl
import ray

ray.init()


@ray.remote
def total(country):
    return pl.read_csv("orders.csv").filter(pl.col("country") == country)["amount"].sum()


for country in ("de", "fr", "it"):
    print(country, ray.get(total.remote(country)))
