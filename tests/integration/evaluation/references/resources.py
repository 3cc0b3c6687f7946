import ray

ray.init()
print("CPUs:", ray.cluster_resources().get("CPU"))
