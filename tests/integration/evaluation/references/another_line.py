"""Add up squares."""

import ray

NUMBERS = 10


@ray.remote
def square(number: int) -> int:
    return number**2


def main() -> None:
    ray.init()
    squares = ray.get([square.remote(number) for number in range(1, NUMBERS + 1)])
    print(f"Result: {sum(squares)}")
    print(f"Largest: {max(squares)}")


if __name__ == "__main__":
    main()
