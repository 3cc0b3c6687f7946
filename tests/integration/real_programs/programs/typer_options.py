# /// script
# dependencies = ["typer"]
# [tool.raygen.parameters]
# size = { default = 5_000, validation = 50, min = 2 }
# ///
"""A typer program with an option."""
import ray
import typer


@ray.remote
def multiplied(row, size):
    return row * size


def main(size: int = 5_000):
    print("rows", sum(ray.get([multiplied.remote(row, size) for row in range(4)])))


typer.Typer(add_completion=False).command()(main)
typer.run(main)
