import socket

import requests
from ray import serve
from starlette.requests import Request

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]


@serve.deployment(num_replicas=2, ray_actor_options={"num_cpus": 0.2})
class Scorer:
    def __init__(self, weight):
        self.weight = weight

    def score(self, x):
        return self.weight * x

    async def __call__(self, request: Request):
        return {"score": self.score((await request.json())["x"])}


@serve.deployment(ray_actor_options={"num_cpus": 0.2})
class Sum:
    def __init__(self, scorer):
        self.scorer = scorer

    async def __call__(self, xs):
        return sum([await self.scorer.score.remote(x) for x in xs])


serve.start(http_options={"host": "127.0.0.1", "port": port})
serve.run(Scorer.bind(2.5), name="scorer", route_prefix="/score")
print(requests.post(f"http://127.0.0.1:{port}/score", json={"x": 4}, timeout=30).json())
print(requests.get(f"http://localhost:{port}/nowhere", timeout=30).status_code)
handle = serve.run(Sum.bind(Scorer.bind(2)), name="sum", route_prefix=None)
print(handle.remote([1, 2, 3]).result(timeout_s=30))
print(sorted(serve.status().applications))
serve.shutdown()
