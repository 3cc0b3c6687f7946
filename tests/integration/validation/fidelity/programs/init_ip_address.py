import ray

ray.init(address="10.20.30.40:6379", namespace="mine")
print(ray.get_runtime_context().namespace)
