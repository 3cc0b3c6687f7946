"""Compute Fibonacci numbers: fast doubling, many numbers at a time."""

import ray

N = 30
TASKS = 4


def fibonacci_pair(n):
    """F(n) and F(n + 1), in about log2(n) steps."""
    if n == 0:
        return 0, 1
    a, b = fibonacci_pair(n // 2)
    even, odd = a * (2 * b - a), a * a + b * b
    return (odd, even + odd) if n % 2 else (even, odd)


@ray.remote
def fibonacci(indices):
    return {n: fibonacci_pair(n)[0] for n in indices}


def main():
    ray.init()
    shown = range(max(0, N - 9), N + 1)
    parts = ray.get([fibonacci.remote(shown[task::TASKS]) for task in range(TASKS)])
    numbers = {n: value for part in parts for n, value in part.items()}
    for n in shown:
        print(f"F({n}) = {numbers[n]}")
    print(f"Result: {numbers[N]}")


if __name__ == "__main__":
    main()
