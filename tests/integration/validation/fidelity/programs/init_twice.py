import ray

ray.init()
try:
    ray.init()
except RuntimeError as error:
    print(str(error)[:60])
print(ray.init(ignore_reinit_error=True) is not None)
