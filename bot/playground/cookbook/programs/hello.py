"""Say hello from a Ray task: the smallest program that runs on a cluster."""

import ray

MESSAGE = "Hello"


@ray.remote
def greet():
    return MESSAGE


def main():
    ray.init()
    print(f"Result: {ray.get(greet.remote())}")


if __name__ == "__main__":
    main()
