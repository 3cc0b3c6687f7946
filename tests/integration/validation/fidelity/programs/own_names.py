"""Its own docstring."""

x: int = 1
print(__doc__)
print(
    sorted(name for name in globals()),
    __annotations__,
    __package__,
    __spec__,
    __cached__,
)
