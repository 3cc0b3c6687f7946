"""Add up a series in an actor."""

import ray


@ray.remote
class Series:
    def __init__(self) -> None:
        self.me = None

    def know(self, me) -> None:
        self.me = me

    def term(self, n: int) -> int:
        return n * n + 1

    def total(self, count: int) -> int:
        return sum(self.term(n) for n in range(count))


def main() -> None:
    ray.init()
    series = Series.remote()
    ray.get(series.know.remote(series))
    print(f"Result: {ray.get(series.total.remote(12))}")


if __name__ == "__main__":
    main()
