"""Count with an actor: many tasks report to one object that keeps the state."""

import ray

TASKS = 10
INCREMENTS = 100


@ray.remote
class Counter:
    def __init__(self):
        self.by_task = {}

    def add(self, task, amount=1):
        self.by_task[task] = self.by_task.get(task, 0) + amount
        return sum(self.by_task.values())

    def tally(self):
        return self.by_task


@ray.remote
def report(counter, task, increments):
    ray.get([counter.add.remote(task) for _ in range(increments)])


def main():
    ray.init()
    counter = Counter.remote()
    ray.get([report.remote(counter, task, INCREMENTS) for task in range(TASKS)])
    tally = ray.get(counter.tally.remote())
    print(f"{len(tally)} tasks reported {INCREMENTS} times each")
    print(f"Result: {sum(tally.values())}")


if __name__ == "__main__":
    main()
