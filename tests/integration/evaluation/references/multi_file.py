import ray
from order_list import NET, total

ray.init()


@ray.remote
def summed(nets):
    return total(nets)


print(ray.get([summed.remote(NET), summed.remote([2 * net for net in NET])]))
