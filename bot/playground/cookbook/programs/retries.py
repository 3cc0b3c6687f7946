"""Retry flaky tasks: Ray repeats what fails with a passing error, nothing else."""

import random

import ray

TASKS = 20
FAILURE_RATE = 0.3
RETRIES = 3
SEED = 42


@ray.remote
class Attempts:
    """Counts attempts across retries, which may run in different processes."""

    def __init__(self):
        self.by_task = {}

    def next(self, task):
        self.by_task[task] = self.by_task.get(task, 0) + 1
        return self.by_task[task]

    def all(self):
        return self.by_task


@ray.remote(max_retries=RETRIES, retry_exceptions=[ConnectionError])
def fetch(task, attempts):
    attempt = ray.get(attempts.next.remote(task))
    # The last attempt always succeeds, so that this example ends well.
    unlucky = random.Random(f"{SEED}-{task}-{attempt}").random() < FAILURE_RATE
    if unlucky and attempt <= RETRIES:
        raise ConnectionError(f"task {task}, attempt {attempt}")
    return task


def main():
    ray.init()
    attempts = Attempts.remote()
    done = ray.get([fetch.remote(task, attempts) for task in range(TASKS)])
    by_task = ray.get(attempts.all.remote())
    for needed in sorted(set(by_task.values())):
        tasks = [task for task, count in by_task.items() if count == needed]
        print(f"{needed} attempt{'s' if needed > 1 else ' '}: {len(tasks)} tasks")
    print(f"Result: {len(done)} tasks done in {sum(by_task.values())} attempts")


if __name__ == "__main__":
    main()
