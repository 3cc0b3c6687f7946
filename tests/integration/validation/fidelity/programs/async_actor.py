import asyncio

import ray


@ray.remote
class Gate:
    def __init__(self):
        self.event = asyncio.Event()

    async def wait(self):
        await self.event.wait()
        return "through"

    async def open(self):
        self.event.set()


gate = Gate.remote()
waiting = [gate.wait.remote() for _ in range(3)]
ray.get(gate.open.remote())
print(ray.get(waiting))
