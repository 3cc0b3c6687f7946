"""Ordinary Ray programs, as the documentation and our own recipes write them: none deserves a warning."""

IDIOMATIC: dict[str, str] = {
    "monte carlo pi": '''
"""Estimates pi; see https://docs.ray.io for the original."""
import random
import ray

ray.init()
TASKS = 100
SAMPLES = 10_000


@ray.remote
def sample(count: int, seed: int) -> int:
    rng = random.Random(seed)
    inside = 0
    for _ in range(count):
        if rng.random() ** 2 + rng.random() ** 2 <= 1:
            inside += 1
    return inside


results = ray.get([sample.remote(SAMPLES, seed) for seed in range(TASKS)])
print(f"Result: pi is about {4 * sum(results) / (TASKS * SAMPLES):.4f}")
''',
    "word count": """
from collections import Counter
import re
import ray

TEXT = "the quick brown fox jumps over the lazy dog " * 1000


@ray.remote
def count(chunk: str) -> Counter:
    words = Counter()
    words.update(re.findall(r"\\w+", chunk.lower()))
    return words


def main():
    words = TEXT.split()
    chunks = [" ".join(words[i : i + 500]) for i in range(0, len(words), 500)]
    total = Counter()
    for part in ray.get([count.remote(chunk) for chunk in chunks]):
        total.update(part)
    for word, times in total.most_common(5):
        print(f"{word}: {times}")


if __name__ == "__main__":
    main()
""",
    "actor counter": """
import ray

ray.init(ignore_reinit_error=True)


@ray.remote(num_cpus=0.5)
class Counter:
    def __init__(self):
        self.value = 0
        self.history = []

    def add(self, n):
        self.value += n
        self.history.append(n)
        return self.value


counters = [Counter.remote() for _ in range(4)]
refs = [counter.add.remote(i) for i in range(25) for counter in counters]
ray.get(refs)
print(ray.get([counter.add.remote(0) for counter in counters]))
for counter in counters:
    ray.kill(counter)
ray.shutdown()
""",
    "actor pool": """
import ray
from ray.util import ActorPool


@ray.remote
class Worker:
    def double(self, x):
        return 2 * x


pool = ActorPool([Worker.remote() for _ in range(3)])
print(list(pool.map(lambda worker, x: worker.double.remote(x), range(20))))
while pool.has_next():
    pool.get_next()
""",
    "wait pipeline": """
import time
import ray


@ray.remote(max_retries=3, retry_exceptions=True)
def work(i):
    time.sleep(0.01 * (i % 3))
    return i * i


pending = [work.remote(i) for i in range(30)]
done_so_far = 0
while pending:
    done, pending = ray.wait(pending, num_returns=1, timeout=10)
    done_so_far += sum(ray.get(done))
print("Result:", done_so_far)
""",
    "backpressure": """
import ray


@ray.remote
def work(i):
    return sum(range(i))


LIMIT = 16
results, in_flight = [], []
for i in range(1_000_000):
    if len(in_flight) >= LIMIT:
        ready, in_flight = ray.wait(in_flight)
        results.extend(ray.get(ready))
    in_flight.append(work.remote(i))
    if i > 100:
        break
results += ray.get(in_flight)
print(len(results))
""",
    "parameter server": """
import numpy as np
import ray


@ray.remote
class Server:
    def __init__(self, size):
        self.weights = np.zeros(size)

    def apply(self, *gradients):
        self.weights -= 0.1 * np.mean(gradients, axis=0)
        return self.weights


@ray.remote
def gradient(weights, seed):
    rng = np.random.default_rng(seed)
    return 2 * (weights - 3) + rng.normal(size=weights.shape)


server = Server.remote(10)
weights = ray.get(server.apply.remote(np.zeros(10)))
for step in range(20):
    gradients = [gradient.remote(weights, seed) for seed in range(4)]
    weights = ray.get(server.apply.remote(*gradients))
print(weights.round(2))
""",
    "matrix multiply": """
import numpy as np
import ray

N = 2000
rng = np.random.default_rng(0)
a, b = rng.random((N, N)), rng.random((N, N))
b_ref = ray.put(b)


@ray.remote
def rows(block, other):
    return block @ other


parts = ray.get([rows.remote(a[i : i + 500], b_ref) for i in range(0, N, 500)])
print("Result:", np.vstack(parts).shape, float(np.abs(np.vstack(parts) - a @ b).max()) < 1e-6)
""",
    "tree reduce": """
import ray


@ray.remote
def add(x, y):
    return x + y


refs = [ray.put(n) for n in range(1, 65)]
while len(refs) > 1:
    refs = [add.remote(*refs[i : i + 2]) if i + 1 < len(refs) else refs[i] for i in range(0, len(refs), 2)]
print("Result:", ray.get(refs[0]))
""",
    "streaming generator": """
import ray


@ray.remote(num_returns="streaming")
def numbers(n):
    while True:
        n += 1
        yield n
        if n > 10:
            return


for ref in numbers.remote(0):
    print(ray.get(ref))
""",
    "async actor": """
import asyncio
import ray


@ray.remote
class Ticker:
    def __init__(self):
        self.ticks = 0

    async def run(self):
        while True:
            self.ticks += 1
            await asyncio.sleep(0.01)

    async def read(self):
        return self.ticks


async def main():
    ticker = Ticker.options(name="ticker", max_concurrency=2).remote()
    ticker.run.remote()
    await asyncio.sleep(0.1)
    print(await ticker.read.remote() > 0)
    ray.kill(ray.get_actor("ticker"))


asyncio.run(main())
""",
    "retries on failure": """
import random
import ray


@ray.remote
def flaky(attempt):
    if random.random() < 0.5:
        raise ValueError("bad luck")
    return attempt


for attempt in range(10):
    try:
        print("Result:", ray.get(flaky.remote(attempt)))
        break
    except ray.exceptions.RayTaskError as error:
        print("again:", error.cause)
""",
    "ray data and a plot": """
from pathlib import Path
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
import ray

frame = pd.DataFrame({"city": ["Oslo", "Rome"] * 50, "sales": range(100)})
dataset = ray.data.from_pandas(frame)
sums = dataset.groupby("city").sum("sales").to_pandas()
print(sums.to_string(index=False))
out = Path("outputs")
out.mkdir(exist_ok=True)
plt.bar(sums["city"], sums["sum(sales)"])
plt.savefig(out / "sales.png")
sums.to_csv("outputs/sales.csv")
with open("outputs/summary.txt", "w") as file:
    file.write("done")
""",
    "web logs": """
import random
import ray

PATHS = ["/", "/index.html", "/etc/config", "/login"]
AGENTS = ["curl/8.0", "Mozilla/5.0 (X11; Linux x86_64)"]


@ray.remote
def analyse(seed):
    rng = random.Random(seed)
    counts = {}
    for _ in range(1000):
        path = rng.choice(PATHS)
        counts[path] = counts.get(path, 0) + 1
    return counts


@ray.remote
def merge(*parts):
    total = {}
    for part in parts:
        for path, count in part.items():
            total[path] = total.get(path, 0) + count
    return total


print(ray.get(merge.remote(*[analyse.remote(seed) for seed in range(8)])))
""",
    "cluster facts": """
import os
import socket
import sys
import time
import ray

ray.init(address="auto")
os.environ["OMP_NUM_THREADS"] = "1"
print(ray.cluster_resources(), os.cpu_count(), socket.gethostname())


@ray.remote
def where():
    time.sleep(0.01)
    return socket.gethostbyname(socket.gethostname()), os.getpid()


nodes = {ip for ip, _ in ray.get([where.remote() for _ in range(50)])}
print(len(nodes))
if not nodes:
    sys.exit(1)
""",
    "a name that shadows a module": """
import ray


@ray.remote
def total(requests):
    return sum(request["bytes"] for request in requests)


requests = [{"bytes": n} for n in range(100)]
socket = {"open": 1}
print(ray.get(total.remote(requests)), socket.get("open"))


def eval(model, data):
    return model.eval(data)


class Model:
    def eval(self, data):
        return data


print(eval(Model(), 3))
""",
    "hyper-parameter search": """
from ray import tune

def objective(config):
    return {"score": (config["x"] - 3) ** 2}


tuner = tune.Tuner(objective, param_space={"x": tune.grid_search([1, 2, 3, 4])})
best = tuner.fit().get_best_result(metric="score", mode="min")
print("Result:", best.config)
""",
    "add 1 and 2": """
import ray


@ray.remote
def add(a, b):
    return a + b


print("Result:", ray.get(add.remote(1, 2)))
""",
}
