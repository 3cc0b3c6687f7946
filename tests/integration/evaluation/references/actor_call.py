"""Keep the largest value."""

import ray

VALUES = [31, 8, 77, 45, 64]


@ray.remote
class Largest:
    def __init__(self) -> None:
        self.value = 0

    def offer(self, value: int) -> None:
        self.value = max(self.value, value)

    def get(self) -> int:
        return self.value


def main() -> None:
    ray.init()
    largest = Largest.remote()
    for value in VALUES:
        largest.offer.remote(value)
    print(f"Result: {ray.get(largest.get.remote())}")


if __name__ == "__main__":
    main()
