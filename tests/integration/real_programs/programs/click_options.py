# /// script
# [tool.raygen.parameters]
# rows = { default = 1_000_000, validation = 1_000, min = 1 }
# method = { default = "mean", choices = ["mean", "median"] }
# verbose = { default = false }
# ///
"""A click program with options of three types."""
import click
import numpy as np
import ray


@ray.remote
def statistic(rows, method):
    return getattr(np, method)(np.arange(rows))


@click.command()
@click.option("--rows", type=int, default=1_000_000)
@click.option("--method", type=click.Choice(["mean", "median"]), default="mean")
@click.option("--verbose", is_flag=True)
def main(rows, method, verbose):
    ray.init()
    print(method, ray.get(statistic.remote(rows, method)), "verbose" if verbose else "")


main(standalone_mode=False)
