import asyncio


async def work(x):
    await asyncio.sleep(0.01 * (3 - x))
    return x


async def main():
    print(await asyncio.gather(*(work(x) for x in range(3))))
    async with asyncio.TaskGroup() as group:
        one = group.create_task(work(7))
    print(one.result())


asyncio.run(main())
