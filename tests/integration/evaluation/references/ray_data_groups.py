import ray

ray.init()
ds = ray.data.range(900).map(lambda r: {"key": r["id"] % 3, "x": r["id"]}).groupby("key").mean("x")
for row in ds.take_all():
    print(row)
