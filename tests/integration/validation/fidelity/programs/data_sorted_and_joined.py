import ray

left = ray.data.from_items([{"k": i, "a": i * i} for i in (3, 1, 2)])
print(
    [row["a"] for row in left.sort("k").take_all()],
    left.union(left).count(),
    left.limit(2).count(),
)
left.sort("k").show(2)
