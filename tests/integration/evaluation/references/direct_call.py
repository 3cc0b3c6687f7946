"""Add up the lengths of words."""

import ray

WORDS = ["placement", "group", "object", "store", "scheduler"]


@ray.remote
def length(word: str) -> int:
    return len(word)


def main() -> None:
    ray.init()
    print(f"Result: {sum(ray.get([length.remote(word) for word in WORDS]))}")


if __name__ == "__main__":
    main()
