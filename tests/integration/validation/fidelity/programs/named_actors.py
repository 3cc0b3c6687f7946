import ray

ray.init(namespace="names")


@ray.remote
class Greeter:
    def greet(self):
        return ray.get_runtime_context().get_actor_name()


Greeter.options(name="greta").remote()
print(ray.get(ray.get_actor("greta").greet.remote()))
try:
    ray.get_actor("nobody")
except ValueError as error:
    print(str(error)[:40])
again = Greeter.options(name="greta", get_if_exists=True).remote()
print(ray.get(again.greet.remote()))
