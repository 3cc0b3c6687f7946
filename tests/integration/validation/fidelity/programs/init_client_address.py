import ray

ray.init("ray://cluster.example:10001")
print(ray.get(ray.remote(lambda: 5).remote()))
