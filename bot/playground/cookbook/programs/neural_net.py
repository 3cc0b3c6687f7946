"""Train a tiny neural net: actors compute gradients on their data, the driver averages."""

import numpy as np
import ray

WORKERS = 2
EPOCHS = 300
HIDDEN = 32
ROWS = 2_000
LEARNING_RATE = 0.5
SEED = 42


def make_data(rows, seed):
    """Two interleaved half moons."""
    rng = np.random.default_rng(seed)
    label = rng.integers(2, size=rows)
    angle = np.pi * (rng.random(rows) + label)
    x = np.column_stack([np.cos(angle) + label, np.sin(angle) + 0.5 * label])
    return x + rng.normal(0, 0.12, x.shape), label.astype(float)


def forward(weights, x):
    w1, b1, w2, b2 = weights
    hidden = np.tanh(x @ w1 + b1)
    return hidden, 1 / (1 + np.exp(-(hidden @ w2 + b2)))


@ray.remote
class Worker:
    """Keeps one share of the data, and computes gradients on it."""

    def __init__(self, rows, seed):
        self.x, self.y = make_data(rows, seed)

    def gradients(self, weights):
        hidden, guess = forward(weights, self.x)
        error = (guess - self.y) / len(self.y)
        back = np.outer(error, weights[2]) * (1 - hidden**2)
        loss = -np.log(np.where(self.y > 0, guess, 1 - guess) + 1e-12).mean()
        return loss, [self.x.T @ back, back.sum(axis=0), hidden.T @ error, error.sum()]


def main():
    ray.init()
    rng = np.random.default_rng(SEED)
    weights = [
        rng.normal(size=(2, HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0, 0.3, HIDDEN),
        0.0,
    ]
    workers = [Worker.remote(ROWS // WORKERS, [SEED, n]) for n in range(WORKERS)]
    for epoch in range(1, EPOCHS + 1):
        shared = ray.put(weights)
        results = ray.get([worker.gradients.remote(shared) for worker in workers])
        losses, gradients = zip(*results, strict=True)
        weights = [
            weight - LEARNING_RATE * sum(parts) / WORKERS
            for weight, *parts in zip(weights, *gradients, strict=True)
        ]
        if epoch == 1 or epoch % max(1, EPOCHS // 5) == 0:
            print(f"Epoch {epoch:>4}: loss {np.mean(losses):.4f}", flush=True)
    x, y = make_data(1_000, [SEED, WORKERS])
    accuracy = ((forward(weights, x)[1] > 0.5) == y).mean()
    print(f"Result: {accuracy:.1%} of unseen points are classified correctly")


if __name__ == "__main__":
    main()
