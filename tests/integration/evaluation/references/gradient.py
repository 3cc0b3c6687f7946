import ray

ray.init()


@ray.remote(num_cpus=0.3)
class Server:
    def __init__(self):
        self.x = 0.0

    def step(self, g):
        self.x -= 0.1 * g
        return self.x


@ray.remote(num_cpus=0.3)
class Worker:
    def grad(self, x):
        return 2 * (x - 7)


s = Server.remote()
ws = [Worker.remote() for _ in range(2)]
x = 0.0
for k in range(100):
    x = ray.get(s.step.remote(ws[k % 2].grad.remote(x)))
print("Result:", x)
