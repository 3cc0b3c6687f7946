# expect: passed
import os
import ray

print(dict(os.environ))
print(ray.get(ray.remote(lambda: dict(os.environ)).remote()))
