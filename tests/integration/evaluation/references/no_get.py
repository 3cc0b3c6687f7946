"""Add up doubled numbers."""

import ray


@ray.remote
def double(number: int) -> int:
    return 2 * number


def main() -> None:
    ray.init()
    doubled = [double.remote(number) for number in range(1, 51)]
    print(f"Result: {sum(ray.get(doubled))}")


if __name__ == "__main__":
    main()
