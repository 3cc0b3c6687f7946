"""Sleep and add."""

import time

import ray


@ray.remote(num_cpus=0.1)
def slow(number: int) -> int:
    time.sleep(0.4)
    return number * 3


def main() -> None:
    ray.init()
    total = sum(ray.get([slow.remote(number) for number in range(30)]))
    print(f"Result: {total}")


if __name__ == "__main__":
    main()
