import ray

ray.init()


@ray.remote
def hello():
    return "Hello from a Ray task!"


print(ray.get(hello.remote()))
