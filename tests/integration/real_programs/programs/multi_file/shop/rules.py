from .orders import orders  # noqa: F401


def revenue(lines):
    return sum(quantity * price for quantity, price in lines)
