# expect: output_limit timed_out
import ray


@ray.remote
def flood():
    while True:
        print("x" * 1000)


ray.get([flood.remote() for _ in range(3)])
