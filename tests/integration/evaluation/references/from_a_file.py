"""Average temperatures."""

import ray

DAYS = 30


@ray.remote
def temperature(day: int) -> float:
    return 10 + day * 0.5


def main() -> None:
    ray.init()
    temperatures = ray.get([temperature.remote(day) for day in range(DAYS)])
    print(f"Result: {sum(temperatures) / len(temperatures):.2f}")


if __name__ == "__main__":
    main()
