"""Reverse words."""

import ray

WORDS = ["raylet", "worker", "driver"]


@ray.remote
def reverse(word: str) -> str:
    return word[::-1]


def main() -> None:
    ray.init()
    print("Result:", " ".join(ray.get([reverse.remote(word) for word in WORDS])))


if __name__ == "__main__":
    main()
