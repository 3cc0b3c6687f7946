import ray

ray.init()


class Model:
    def __init__(self):
        self.w = 3

    def __call__(self, b):
        return {"y": self.w * b["id"] + 1}


print("Result:", ray.data.range(500).map_batches(Model, concurrency=1, batch_size=100).sum("y"))
