import ray

ray.shutdown()
print(ray.is_initialized())
ray.init()
first = ray.get_runtime_context().get_job_id()
ray.shutdown()
print(ray.is_initialized())
ray.init()
print(ray.is_initialized(), first != ray.get_runtime_context().get_job_id())
print(ray.get(ray.remote(lambda: "again").remote()))
