"""Add numbers on Ray: pairs are added by tasks, level by level, until one is left."""

import ray

NUMBERS = [1, 2]


@ray.remote
def add(*numbers):
    return sum(numbers)


def main():
    ray.init()
    level = [ray.put(number) for number in NUMBERS]
    while len(level) > 1:
        # The sums stay references: Ray passes their values on to the next level.
        level = [add.remote(*level[at : at + 2]) for at in range(0, len(level), 2)]
    total = ray.get(level[0])
    print(f"Result: {round(total, 10)}")


if __name__ == "__main__":
    main()
