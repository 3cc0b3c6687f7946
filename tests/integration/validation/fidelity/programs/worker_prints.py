# order: any
import sys

import ray


@ray.remote
def speak(x):
    print("line", x)
    print("second line of", x, flush=True)
    print("to stderr", file=sys.stderr)
    return x


print(sum(ray.get([speak.remote(x) for x in range(4)])))
