import threading

import ray

lock = threading.Lock()


@ray.remote
def hold():
    return lock


try:
    hold.remote()
except TypeError as error:
    print(str(error).splitlines()[0])
