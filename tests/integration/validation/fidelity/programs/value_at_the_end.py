import ray

x = ray.get(ray.remote(lambda: 20).remote())
print("printed")
x + 22
