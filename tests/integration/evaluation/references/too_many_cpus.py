"""Multiply in parallel."""

import ray


@ray.remote
def product(a: int, b: int) -> int:
    return a * b


def main() -> None:
    ray.init()
    print(f"Result: {sum(ray.get([product.remote(n, n + 1) for n in range(1, 21)]))}")


if __name__ == "__main__":
    main()
