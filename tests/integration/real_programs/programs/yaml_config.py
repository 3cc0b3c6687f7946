"""Reads a YAML configuration that came with the message."""
import ray
import yaml

ray.init()
config = yaml.safe_load(open("config.yaml"))


@ray.remote
def run(step):
    return step["name"], step["size"] ** 2


print(ray.get([run.remote(step) for step in config["steps"]]))
