import ray

print(ray.get(ray.remote(num_cpus=0.5, memory=100 * 1024**2)(lambda: "small").remote()))
print(ray.get(ray.remote(num_cpus=4)(lambda: "large").remote()))
