import ray

numbers = ray.data.range(100).map(
    lambda row: {"id": row["id"], "square": row["id"] ** 2}
)
print(numbers.count(), numbers.sum("square"))
fifties = numbers.filter(lambda row: row["id"] % 50 == 0).take_all()
print(sorted(row["square"] for row in fifties))
