import ray

ray.init(address="auto")
print(ray.is_initialized(), ray.get(ray.put("x")))
