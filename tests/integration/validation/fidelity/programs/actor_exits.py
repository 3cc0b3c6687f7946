import ray


@ray.remote
class Leaver:
    def leave(self):
        ray.actor.exit_actor()


try:
    ray.get(Leaver.remote().leave.remote())
except ray.exceptions.RayActorError:
    print("gone")
