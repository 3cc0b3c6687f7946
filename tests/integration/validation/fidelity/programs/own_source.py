import inspect


def work(x):
    return x + 1  # a comment


print(inspect.getsource(work))
