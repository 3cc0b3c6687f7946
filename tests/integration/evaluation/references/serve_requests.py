import ray
from ray import serve

ray.init()


@serve.deployment
class Model:
    def __call__(self, x):
        return 3 * x + 1


handle = serve.run(Model.bind())
print([handle.remote(x).result() for x in range(1, 6)])
serve.shutdown()
