import os

import ray


@ray.remote
def colour():
    return os.environ.get("COLOUR")


print(
    ray.get(
        [
            colour.options(runtime_env={"env_vars": {"COLOUR": c}}).remote()
            for c in ("red", "green")
        ]
    )
)
print(ray.get(colour.remote()))
