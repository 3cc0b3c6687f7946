import asyncio

import ray

ray.init()
ref = ray.remote(lambda: 42).remote()
print(ref.future().result(20))


async def main():
    return await asyncio.wrap_future(ref.future())


print(asyncio.run(main()))
