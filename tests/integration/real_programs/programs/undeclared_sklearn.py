"""Imports a package that it does not declare."""
import ray
from sklearn.linear_model import LinearRegression


@ray.remote
def slope(n):
    return float(LinearRegression().fit([[i] for i in range(n)], [2.0 * i for i in range(n)]).coef_[0])


print(round(ray.get(slope.remote(10)), 3))
