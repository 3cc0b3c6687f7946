"""Sum the squares up to N: every task adds up one range of numbers."""

import ray

N = 1_000_000
TASKS = 10


@ray.remote
def squares(start, stop):
    return sum(number * number for number in range(start, stop))


def main():
    ray.init()
    edges = [1 + N * task // TASKS for task in range(TASKS + 1)]
    parts = [squares.remote(*edges[task : task + 2]) for task in range(TASKS)]
    total = sum(ray.get(parts))
    expected = N * (N + 1) * (2 * N + 1) // 6
    print(
        f"1² + 2² + … + {N:,}² by {TASKS} tasks; the formula agrees: {total == expected}"
    )
    print(f"Result: {total}")


if __name__ == "__main__":
    main()
