"""Count words in parallel: tasks count their part of a text, the driver merges."""

from collections import Counter

import numpy as np
import pandas as pd
import ray

WORDS = 500_000
TASKS = 8
TOP = 10
SEED = 42
VOCABULARY = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "it",
    "as",
    "with",
    "on",
    "be",
    "at",
    "by",
    "this",
    "from",
    "or",
    "an",
    "are",
    "not",
    "data",
    "ray",
    "cluster",
    "task",
    "actor",
    "node",
    "worker",
    "object",
    "store",
    "model",
    "train",
    "batch",
    "stream",
]


@ray.remote
def count_words(words, seed):
    """Word counts of a generated text; frequent words come as often as in language."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(VOCABULARY) + 1)
    text = " ".join(rng.choice(VOCABULARY, size=words, p=weights / weights.sum()))
    return Counter(text.split())


def main():
    ray.init()
    seeds = np.random.SeedSequence(SEED).spawn(TASKS)
    sizes = [
        WORDS * (task + 1) // TASKS - WORDS * task // TASKS for task in range(TASKS)
    ]
    parts = [count_words.remote(*job) for job in zip(sizes, seeds, strict=True)]
    counts = sum(ray.get(parts), Counter())
    table = pd.DataFrame(counts.most_common(TOP), columns=["word", "count"])
    print(table.to_string(index=False))
    print(f"Result: {counts.total():,} words, {len(counts)} different ones")


if __name__ == "__main__":
    main()
