# alone: an existing cluster would refuse the sizes
import ray

ray.init(num_cpus=8, num_gpus=4, ignore_reinit_error=True, include_dashboard=False)
print(ray.get(ray.remote(num_cpus=2)(lambda: "two").remote()))
