"""Run batch inference with Ray Data: a pool of actors scores a synthetic dataset."""

import numpy as np
import ray

ROWS = 10_000
BATCH_SIZE = 500
ACTORS = 1
FEATURES = 16
SEED = 42


def make_features(batch):
    """Synthetic rows, the same ones for the same row numbers."""
    rng = np.random.default_rng([SEED, int(batch["id"][0])])
    batch["features"] = rng.normal(size=(len(batch["id"]), FEATURES))
    return batch


class Classifier:
    """Loads its weights once for each actor, then scores batch after batch."""

    def __init__(self):
        self.weights = np.random.default_rng(SEED).normal(size=FEATURES)

    def __call__(self, batch):
        score = 1 / (1 + np.exp(-batch.pop("features") @ self.weights))
        return {"id": batch["id"], "score": score, "positive": score > 0.5}


def main():
    ray.init()
    ray.data.DataContext.get_current().enable_progress_bars = False
    scored = (
        ray.data.range(ROWS, override_num_blocks=4)
        .map_batches(make_features)
        .map_batches(Classifier, batch_size=BATCH_SIZE, concurrency=ACTORS)
        .to_pandas()
    )
    print(scored.nlargest(5, "score").round(4).to_string(index=False))
    share = scored["positive"].mean()
    print(f"Result: {len(scored):,} rows scored, {share:.1%} of them positive")


if __name__ == "__main__":
    main()
