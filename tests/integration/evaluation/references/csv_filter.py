import ray

ray.init()
ds = ray.data.read_csv("sales.csv").filter(lambda r: r["amount"] > 100)
print("rows:", ds.count(), " sum:", ds.sum("amount"))
