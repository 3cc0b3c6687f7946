import asyncio

import ray


@ray.remote
def count(n):
    for i in range(n):
        yield i


async def main():
    print([await ref async for ref in count.remote(3)])
    print(await asyncio.gather(*(ray.remote(lambda x=x: x).remote() for x in range(3))))


asyncio.run(main())
