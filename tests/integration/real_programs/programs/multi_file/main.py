"""Revenue per customer, with the rules in a package beside it."""
import ray

from shop.orders import orders
from shop.rules import revenue

ray.init()


@ray.remote
def total(customer):
    return customer, revenue(orders(customer))


print(sorted(ray.get([total.remote(c) for c in ("ada", "bob")])))
