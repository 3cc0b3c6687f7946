import ray


@ray.remote
def square(x):
    return x * x


waiting = {square.remote(x): x for x in range(8)}
done = {}
while waiting:
    [ready], _ = ray.wait(list(waiting), num_returns=1)
    done[waiting.pop(ready)] = ray.get(ready)
print(sorted(done.items()))
