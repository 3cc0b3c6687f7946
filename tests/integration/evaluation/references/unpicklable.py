"""Add up guarded numbers."""

import threading

import ray

LOCK = threading.Lock()


@ray.remote
def triple(number: int) -> int:
    return 3 * number


def main() -> None:
    ray.init()
    print(f"Result: {sum(ray.get([triple.remote(number) for number in range(41)]))}")


if __name__ == "__main__":
    main()
