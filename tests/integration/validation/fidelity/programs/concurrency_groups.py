import ray


@ray.remote(concurrency_groups={"io": 2, "compute": 1})
class Worker:
    @ray.method(concurrency_group="io")
    def read(self):
        return "read"

    @ray.method(concurrency_group="compute")
    def work(self):
        return "worked"


worker = Worker.remote()
print(
    ray.get(
        [
            worker.read.remote(),
            worker.work.remote(),
            worker.work.options(concurrency_group="io").remote(),
        ]
    )
)
