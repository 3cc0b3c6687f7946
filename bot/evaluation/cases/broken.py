"""Programs that don't work, each for one reason; a repair must keep what they are for."""

NAME_ERROR = '''"""Average temperatures."""

import ray

DAYS = 30


@ray.remote
def temperature(day: int) -> float:
    return 10 + day * 0.5


def main() -> None:
    ray.init()
    temperatures = ray.get([temperature.remote(day) for day in range(DAYS)])
    print(f"Result: {sum(temperatures) / len(temperature_list):.2f}")


if __name__ == "__main__":
    main()
'''
NO_GET = '''"""Add up doubled numbers."""

import ray


@ray.remote
def double(number: int) -> int:
    return 2 * number


def main() -> None:
    ray.init()
    doubled = [double.remote(number) for number in range(1, 51)]
    print(f"Result: {sum(doubled)}")


if __name__ == "__main__":
    main()
'''
DIRECT_CALL = '''"""Add up the lengths of words."""

import ray

WORDS = ["placement", "group", "object", "store", "scheduler"]


@ray.remote
def length(word: str) -> int:
    return len(word)


def main() -> None:
    ray.init()
    print(f"Result: {sum(ray.get([length(word) for word in WORDS]))}")


if __name__ == "__main__":
    main()
'''
ACTOR_CALL = '''"""Keep the largest value."""

import ray

VALUES = [31, 8, 77, 45, 64]


@ray.remote
class Largest:
    def __init__(self) -> None:
        self.value = 0

    def offer(self, value: int) -> None:
        self.value = max(self.value, value)

    def get(self) -> int:
        return self.value


def main() -> None:
    ray.init()
    largest = Largest.remote()
    for value in VALUES:
        largest.offer(value)
    print(f"Result: {ray.get(largest.get.remote())}")


if __name__ == "__main__":
    main()
'''
ACTOR_MADE = '''"""Count letters with an actor."""

import ray


@ray.remote
class Letters:
    def __init__(self, text: str) -> None:
        self.text = text

    def count(self, letter: str) -> int:
        return self.text.count(letter)


def main() -> None:
    ray.init()
    letters = Letters("a distributed program has many parts that run apart")
    print(f"Result: {ray.get(letters.count.remote('a'))}")


if __name__ == "__main__":
    main()
'''
DEADLOCK = '''"""Add up a series in an actor."""

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
        return sum(ray.get([self.me.term.remote(n) for n in range(count)]))


def main() -> None:
    ray.init()
    series = Series.remote()
    ray.get(series.know.remote(series))
    print(f"Result: {ray.get(series.total.remote(12))}")


if __name__ == "__main__":
    main()
'''
GLOBAL = '''"""Count multiples of seven."""

import ray

found = 0


@ray.remote
def look(first: int, last: int) -> None:
    global found
    for number in range(first, last + 1):
        if number % 7 == 0:
            found += 1


def main() -> None:
    ray.init()
    ray.get([look.remote(first, first + 249) for first in range(1, 1001, 250)])
    print(f"Result: {found}")


if __name__ == "__main__":
    main()
'''
RANGES = '''"""Add up 1 to 1000 in ranges."""

import ray

PARTS = 4


@ray.remote
def part(first: int, last: int) -> int:
    return sum(range(first, last))


def main() -> None:
    ray.init()
    size = 1000 // PARTS
    parts = [part.remote(size * n + 1, size * (n + 1)) for n in range(PARTS)]
    print(f"Result: {sum(ray.get(parts))}")


if __name__ == "__main__":
    main()
'''
SERIAL = '''"""Sleep and add."""

import time

import ray


@ray.remote(num_cpus=0.1)
def slow(number: int) -> int:
    time.sleep(0.4)
    return number * 3


def main() -> None:
    ray.init()
    total = 0
    for number in range(30):
        total += ray.get(slow.remote(number))
    print(f"Result: {total}")


if __name__ == "__main__":
    main()
'''
TOO_MANY_CPUS = '''"""Multiply in parallel."""

import ray


@ray.remote(num_cpus=512)
def product(a: int, b: int) -> int:
    return a * b


def main() -> None:
    ray.init()
    print(f"Result: {sum(ray.get([product.remote(n, n + 1) for n in range(1, 21)]))}")


if __name__ == "__main__":
    main()
'''
UNPICKLABLE = '''"""Add up guarded numbers."""

import threading

import ray

LOCK = threading.Lock()


@ray.remote
def triple(number: int) -> int:
    with LOCK:
        return 3 * number


def main() -> None:
    ray.init()
    print(f"Result: {sum(ray.get([triple.remote(number) for number in range(41)]))}")


if __name__ == "__main__":
    main()
'''
SYNTAX = '''"""Reverse words."""

import ray

WORDS = ["raylet", "worker", "driver"]


@ray.remote
def reverse(word: str) -> str
    return word[::-1]


def main() -> None:
    ray.init()
    print("Result:", " ".join(ray.get([reverse.remote(word) for word in WORDS])))


if __name__ == "__main__":
    main()
'''
