"""Compute a factorial: the product is cut into ranges and multiplied as a tree."""

import math

import ray

N = 1_000
TASKS = 8


@ray.remote
def product(start, stop):
    return math.prod(range(start, stop))


@ray.remote
def multiply(*factors):
    return math.prod(factors)


def main():
    ray.init()
    edges = [1 + N * task // TASKS for task in range(TASKS + 1)]
    parts = [product.remote(*edges[task : task + 2]) for task in range(TASKS)]
    while len(parts) > 1:
        parts = [multiply.remote(*parts[at : at + 2]) for at in range(0, len(parts), 2)]
    factorial = ray.get(parts[0])
    digits = int(math.lgamma(N + 1) / math.log(10)) + 1
    # Python refuses to print integers beyond some thousand digits by default.
    shown = (
        str(factorial) if digits <= 60 else f"about 10^{digits - 1}, {digits:,} digits"
    )
    print(f"Correct: {factorial == math.factorial(N)}")
    print(f"Result: {N}! is {shown}")


if __name__ == "__main__":
    main()
