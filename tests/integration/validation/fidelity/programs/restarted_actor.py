# lines: those that begin with `>`; Ray has its own to say
import os

import ray


@ray.remote(max_restarts=1, max_task_retries=1)
class Phoenix:
    def __init__(self):
        self.calls = 0

    def call(self):
        self.calls += 1
        return self.calls

    def die(self):
        os._exit(1)


phoenix = Phoenix.remote()
print(">", ray.get([phoenix.call.remote(), phoenix.call.remote()]))
try:
    ray.get(phoenix.die.options(max_task_retries=0).remote())
except ray.exceptions.RayActorError:
    print(">", "died")
print(">", ray.get(phoenix.call.remote()))
