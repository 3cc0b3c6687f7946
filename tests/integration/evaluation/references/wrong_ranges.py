"""Add up 1 to 1000 in ranges."""

import ray

PARTS = 4


@ray.remote
def part(first: int, last: int) -> int:
    return sum(range(first, last + 1))


def main() -> None:
    ray.init()
    size = 1000 // PARTS
    parts = [part.remote(size * n + 1, size * (n + 1)) for n in range(PARTS)]
    print(f"Result: {sum(ray.get(parts))}")


if __name__ == "__main__":
    main()
