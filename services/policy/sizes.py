"""How many elements an expression makes, as far as its literals show; 0 means unknown or none."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence

_MOST = 10**15
_SHAPED = {"zeros", "ones", "empty", "full", "random", "random_sample", "standard_normal"}
_DIMENSIONS = {"rand", "randn"}
_SQUARE = {"eye", "identity"}
_SIZED = {"normal", "uniform", "integers", "randint", "choice", "exponential", "poisson", "binomial"}


def of_range(numbers: Sequence[float | None]) -> int:
    """The length of `range(*numbers)`."""
    if not numbers or any(number is None for number in numbers):
        return 0
    known = [number for number in numbers if number is not None]
    start, stop, step = (0.0, known[0], 1.0) if len(known) == 1 else (known[0], known[1], 1.0)
    if len(known) > 2:
        step = known[2]
    return _count((stop - start) / step) if step else 0


def of_array(
    name: str,
    numbers: Sequence[float | None],
    shape: Sequence[float | None],
    size: Sequence[float | None],
) -> int:
    """The elements that a NumPy constructor makes, from its arguments, its shape or its `size`."""
    maker = name.rpartition(".")[2]
    if maker in _SHAPED:
        return _product(shape)
    if maker in _DIMENSIONS:
        return _product(numbers)
    if maker in _SQUARE:
        return _product([*numbers[:1], *numbers[:1]])
    if maker in _SIZED:
        return _product(size)
    if maker == "arange":
        return of_range(numbers)
    return _product(numbers[2:3]) if maker == "linspace" else 0


def bounded(number: complex | None) -> float | None:
    """The number if it is real, finite and of a sane magnitude: the policy must not compute monsters."""
    if not isinstance(number, int | float):
        return None
    return number if -1e18 < number < 1e18 else None


_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: left // right,
}


def arithmetic(op: ast.operator, left: float, right: float) -> float | None:
    """The result of a literal operation; None for what is undefined, unusual or enormous."""
    operation = _OPERATIONS.get(type(op))
    if operation and (right or not isinstance(op, ast.Div | ast.FloorDiv)):
        return bounded(operation(left, right))
    if isinstance(op, ast.Pow) and 0 <= right <= 64 and abs(left) <= 1024:
        return bounded(left**right)
    if isinstance(op, ast.LShift) and isinstance(left, int) and isinstance(right, int) and 0 <= right <= 60:
        return bounded(left << right)
    return None


def _product(numbers: Sequence[float | None]) -> int:
    if not numbers or any(number is None for number in numbers):
        return 0
    return _count(math.prod(number for number in numbers if number is not None))


def _count(number: float) -> int:
    return int(min(max(math.ceil(number), 0), _MOST)) if math.isfinite(number) else 0
