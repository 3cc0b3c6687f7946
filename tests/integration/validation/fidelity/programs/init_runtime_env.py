import os

import ray

ray.init(runtime_env={"env_vars": {"COLOUR": "blue"}})


@ray.remote
def colour():
    return os.environ["COLOUR"]


print(ray.get(colour.remote()), os.environ.get("COLOUR"))
