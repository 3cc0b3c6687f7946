import ray


@ray.remote
class Victim:
    def ping(self):
        return "pong"


victim = Victim.remote()
print(ray.get(victim.ping.remote()))
ray.kill(victim)
while True:
    try:
        ray.get(victim.ping.remote())
    except ray.exceptions.RayActorError as error:
        print(type(error).__name__)
        break
