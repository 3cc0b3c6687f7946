import ray

ray.init(namespace="lasting")


@ray.remote
class Keeper:
    def keep(self):
        return "kept"


Keeper.options(name="keeper-of-fidelity", lifetime="detached").remote()
ray.shutdown()
ray.init(namespace="lasting")
keeper = ray.get_actor("keeper-of-fidelity")
print(ray.get(keeper.keep.remote()))
ray.kill(keeper)
