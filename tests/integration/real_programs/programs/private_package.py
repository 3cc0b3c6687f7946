# /// script
# dependencies = ["acme-pricing>=2"]
# ///
"""Prices orders with the rules of a company's own package, from its private index."""
import acme_pricing
import ray

ray.init()


@ray.remote
def total(order):
    return acme_pricing.price(order)


print(sum(ray.get([total.remote(order) for order in ([3, 4], [10])])))
