import ray

ray.init()
ray.data.read_csv("orders.csv").write_parquet("outputs/orders", partition_cols=["country"])
rows = ray.data.read_parquet("outputs/orders").groupby("country").count().take_all()
for row in rows:
    print(row["country"], row["count()"])
