# /// script
# dependencies = ["sympy"]
# ///
import ray
import sympy

ray.init()


@ray.remote
def integral():
    x = sympy.symbols("x")
    return str(sympy.integrate(x**2 * sympy.exp(-x), (x, 0, sympy.oo)))


print("Result:", ray.get(integral.remote()))
