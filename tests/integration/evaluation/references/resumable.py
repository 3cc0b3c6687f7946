# /// script
# [tool.raygen]
# wall = 10800
# [tool.raygen.parameters]
# steps = { default = 100_000_000, validation = 200_000, min = 1_000 }
# ///
import argparse
import json
import os
import random

import ray

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=100_000_000)
options = parser.parse_args()
ray.init()
CHECKPOINT = "outputs/checkpoints/state.json"
CHUNK = 50_000


@ray.remote
def advance(state, steps):
    chance = random.Random(state["step"])
    for _ in range(steps):
        state["queue"] = max(0, state["queue"] + (chance.random() < 0.4) - (chance.random() < 0.5))
        state["sum"] += state["queue"]
    state["step"] += steps
    return state


state = {"step": 0, "queue": 0, "sum": 0}
if os.path.exists(CHECKPOINT):
    with open(CHECKPOINT) as file:
        state = json.load(file)
os.makedirs(os.path.dirname(CHECKPOINT), exist_ok=True)
while state["step"] < options.steps:
    state = ray.get(advance.remote(state, min(CHUNK, options.steps - state["step"])))
    with open(CHECKPOINT + ".part", "w") as file:
        json.dump(state, file)
    os.replace(CHECKPOINT + ".part", CHECKPOINT)
    print(f"{state['step']:,} of {options.steps:,} steps", flush=True)
print("Result:", state["sum"] / state["step"])
