"""Count letters with an actor."""

import ray


@ray.remote
class Letters:
    def __init__(self, text: str) -> None:
        self.text = text

    def count(self, letter: str) -> int:
        return self.text.count(letter)


def main() -> None:
    ray.init()
    letters = Letters.remote("a distributed program has many parts that run apart")
    print(f"Result: {ray.get(letters.count.remote('a'))}")


if __name__ == "__main__":
    main()
