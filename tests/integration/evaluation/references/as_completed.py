import random
import time

import ray

ray.init()


@ray.remote(num_cpus=0.2)
def work(n):
    time.sleep(random.random() * 0.5)
    return n


todo = [work.remote(n) for n in range(20)]
total = 0
while todo:
    done, todo = ray.wait(todo)
    n = ray.get(done[0])
    print("task", n)
    total += n
print("Result:", total)
