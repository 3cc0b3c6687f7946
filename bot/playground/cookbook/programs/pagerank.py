"""Rank pages by PageRank: tasks spread the rank of their pages, round by round."""

import numpy as np
import pandas as pd
import ray

PAGES = 2_000
LINKS = 10  # from each page
TASKS = 4
ROUNDS = 50
DAMPING = 0.85
TOP = 5
SEED = 42


def make_links():
    """Where each page links to; pages with low numbers are linked more often."""
    rng = np.random.default_rng(SEED)
    return (PAGES * rng.random((PAGES, LINKS)) ** 3).astype(np.int64)


@ray.remote
def spread(rank, first, links):
    """What the pages from `first` on pass to the pages that they link to."""
    passed = np.repeat(rank[first : first + len(links)] / LINKS, LINKS)
    return np.bincount(links.ravel(), weights=passed, minlength=PAGES)


def main():
    ray.init()
    parts = np.array_split(make_links(), TASKS)
    firsts = np.cumsum([0, *(len(part) for part in parts[:-1])])
    stored = [ray.put(part) for part in parts]  # the graph stays where it is
    rank = np.full(PAGES, 1 / PAGES)
    for number in range(1, ROUNDS + 1):
        shared = ray.put(rank)
        jobs = [
            spread.remote(shared, int(first), part)
            for first, part in zip(firsts, stored, strict=True)
        ]
        new = (1 - DAMPING) / PAGES + DAMPING * sum(ray.get(jobs))
        change, rank = np.abs(new - rank).sum(), new
        if change < 1e-8:
            break
    best = np.argsort(rank)[::-1][:TOP]
    print(
        pd.DataFrame({"page": best, "rank": rank[best].round(6)}).to_string(index=False)
    )
    print(f"Result: page {best[0]} leads {PAGES:,} pages after {number} rounds")


if __name__ == "__main__":
    main()
