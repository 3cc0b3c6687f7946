import ray


@ray.remote(num_gpus=1)
def gpu():
    return ray.get_gpu_ids()


print(
    len(ray.get(gpu.remote())),
    ray.cluster_resources()["GPU"],
    ray.cluster_resources()["CPU"],
)
