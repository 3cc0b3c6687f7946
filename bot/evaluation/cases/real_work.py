"""What people bring from work: packages, files, sizes for an hour, Ray's libraries."""

from bot.evaluation.case import Group
from bot.evaluation.checks import (
    calls,
    close_to,
    declares_choice,
    declares_package,
    declares_parameter,
    declares_wall,
    in_order,
    mentions,
    prints,
    table,
    uses_actor,
    uses_ray_data,
    uses_ray_tune,
    uses_remote_tasks,
    value,
)
from services.domain.values import InputFile

_group = Group("real_work")

_LOANS = InputFile(
    "loans.csv",
    "".join(
        [
            "income,debt,late,repaid\n",
            *(f"{20 + n % 60},{n % 37},{n % 3},{int(n % 60 > 30)}\n" for n in range(400)),
        ]
    ).encode(),
)
_ORDERS = InputFile(
    "orders.csv",
    "".join(["country,amount\n", *(f"{('de', 'fr', 'it')[n % 3]},{n}\n" for n in range(300))]).encode(),
)
_PRICING = InputFile("pricing.py", b"VAT = 0.25\n\n\ndef gross(net):\n    return round(net * (1 + VAT), 2)\n")
_ORDER_LIST = InputFile(
    "order_list.py",
    b"from pricing import gross\n\nNET = [10, 20, 30, 40]\n\n\ndef total(nets):\n    return sum(gross(net) for net in nets)\n",
)
_NOTEBOOK = InputFile(
    "squares.ipynb",
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", "metadata": {},'
    b' "execution_count": null, "outputs": [], "source": ["squares = [n * n for n in range(50)]\\n", "sum(squares)"]}]}',
)
_REVIEWS = InputFile(
    "reviews.txt",
    b"I love it, a great and wonderful thing\nTerrible, the worst I ever bought\nA good friend of every day\n"
    b"Broken and ugly, I hate it\nHappy with it, excellent\n",
)

CASES = (
    _group.program(
        "sklearn_grid",
        "Grid search with scikit-learn's SVC on its digits data set: C in 1 and 10, gamma in 0.001 and 0.0001, 3-fold"
        " cross-validation, each combination a Ray task. Print the mean accuracy of each, and the best one last",
        close_to(0.97, 0.02),
        declares_package("scikit-learn"),
        uses_remote_tasks(),
    ),
    _group.program(
        "sklearn_forests",
        "Train scikit-learn random forests of 50 trees on its iris data with seeds 0 to 3, one Ray task each, and print the"
        " accuracy of each on the training data",
        close_to(1.0, 0.02),
        declares_package("scikit-learn"),
        uses_remote_tasks(),
    ),
    _group.program(
        "xgboost_csv",
        "Train XGBoost on loans.csv to predict the column repaid from the others, on two thirds of the rows, and print the"
        " accuracy on the rest",
        close_to(1.0, 0.02),
        declares_package("xgboost"),
        files=(_LOANS,),
    ),
    _group.program(
        "tune_optuna",
        "Ray Tune with Optuna: find the x in -10 to 10 that minimises (x - 3)² + 1 in 20 trials, and print the best x",
        close_to(3.0, 1.0),
        declares_package("optuna"),
        uses_ray_tune(),
    ),
    _group.program(
        "torch_cpu",
        "With PyTorch, fit y = 3x + 1 by a single linear layer on 200 generated points, on the GPU where there is one and on"
        " the CPU otherwise, in a Ray task, and print weight and bias",
        close_to(3.0, 0.2),
        close_to(1.0, 0.2),
        declares_package("torch"),
        uses_remote_tasks(),
    ),
    _group.program(
        "sentiment",
        "Batch inference with Ray Data: VADER (package vaderSentiment) scores each line of reviews.txt; print how many are"
        " positive and how many negative by their compound score",
        table({"positive": 3, "negative": 2}),
        declares_package("vadersentiment"),
        uses_ray_data(),
        files=(_REVIEWS,),
    ),
    _group.program(
        "polars_groups",
        "With polars, read orders.csv, sum the amount by country in Ray tasks, one for each country, and print each country"
        " with its sum",
        table({"de": 14850, "fr": 14950, "it": 15050}),
        declares_package("polars"),
        uses_remote_tasks(),
        files=(_ORDERS,),
    ),
    _group.program(
        "duckdb_query",
        "Query orders.csv with DuckDB in a Ray task: the countries by their mean amount, highest first. Print each with its mean",
        in_order(150.5, 149.5, 148.5),
        declares_package("duckdb"),
        files=(_ORDERS,),
    ),
    _group.program(
        "networkx_paths",
        "With networkx, the shortest path from corner to opposite corner of a 10 by 10 grid graph has how many edges? And of"
        " a 20 by 20 one? Two Ray tasks; print both",
        value(18),
        value(38),
        declares_package("networkx"),
        uses_remote_tasks(),
    ),
    _group.program(
        "scipy_minima",
        "Minimise Rosenbrock's function with scipy from 8 starting points, each in a Ray task, and print the best point found",
        close_to(1.0, 0.01),
        declares_package("scipy"),
        uses_remote_tasks(),
    ),
    _group.program(
        "sympy_integral",
        "With sympy, integrate x**2 * exp(-x) from 0 to infinity in a Ray task, and print the exact result",
        value(2),
        declares_package("sympy"),
        uses_remote_tasks(),
    ),
    _group.program(
        "multi_file",
        "Use total from order_list.py on its NET list, once as it is and once doubled, each in a Ray task, and print both totals",
        value(125),
        value(250),
        mentions("order_list.total", "total"),
        uses_remote_tasks(),
        files=(_PRICING, _ORDER_LIST),
    ),
    _group.program(
        "from_notebook",
        "Make a Ray program of squares.ipynb: the same sum, computed by tasks over ranges. Print it",
        value(40425),
        uses_remote_tasks(),
        files=(_NOTEBOOK,),
    ),
    _group.program(
        "hour_of_pi",
        "Estimate pi from 200 billion random points on the cluster; that may take an hour. I want to choose the number of"
        " points and the seed. Print the estimate",
        close_to(3.14, 0.05),
        declares_parameter(),
        declares_choice(200_000_000_000),
        declares_wall(1800),
        uses_remote_tasks(),
    ),
    _group.program(
        "resumable",
        "Simulate a queue for 100 million steps in order, which takes about two hours, so that I can resume it if the run is"
        " stopped. The number of steps must be changeable. Print the mean queue length",
        declares_parameter(),
        declares_wall(3600),
        prints(r"\d"),
        mentions("os.replace", "pathlib.Path.replace", "replace", "os.rename"),
    ),
    _group.program(
        "seed_choice",
        "Bootstrap the mean of 1,000 draws from a normal distribution with mean 5, with 500 resamples by Ray tasks; seed 7 by"
        " default, and I want to be able to choose another one. Print the 95% interval",
        close_to(5.0, 0.2),
        declares_choice(7),
        uses_remote_tasks(),
    ),
    _group.program(
        "serve_requests",
        "Deploy a model with Ray Serve that returns 3 * x + 1, send it x = 1 to 5 through its handle, and print the answers",
        in_order(4, 7, 10, 13, 16),
        calls("ray.serve.run"),
    ),
    _group.program(
        "worker_pool",
        "With ray.util.multiprocessing.Pool, map a function that squares over 0 to 99 and print the sum",
        value(328_350),
        calls("ray.util.multiprocessing.Pool"),
    ),
    _group.program(
        "partitioned_output",
        "Write the rows of orders.csv as Parquet files by country under outputs, with Ray Data, then read them back and"
        " print the number of rows for each country",
        table({"de": 100, "fr": 100, "it": 100}),
        uses_ray_data(),
        files=(_ORDERS,),
    ),
    _group.program(
        "model_actor",
        "An actor loads a scikit-learn nearest-neighbours classifier that is fitted on the wine data set once, and answers"
        " which class each of the first 10 rows has; print the classes",
        prints(r"(?:0\D{1,4}){9}0"),
        declares_package("scikit-learn"),
        uses_actor(),
    ),
    _group.program(
        "a_hundred_models",
        "Fit one line per store for 100 stores with numpy, in Ray tasks: store i has y = i * x + 2 without noise. Print the"
        " slopes of stores 10, 50 and 99",
        in_order(10, 50, 99, tolerance=0.001),
        uses_remote_tasks(),
    ),
)
