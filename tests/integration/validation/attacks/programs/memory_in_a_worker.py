# expect: out_of_memory
import ray


@ray.remote(max_retries=0)
def grow():
    held = []
    while True:
        held.append(bytearray(200_000_000))


ray.get([grow.remote() for _ in range(3)])
