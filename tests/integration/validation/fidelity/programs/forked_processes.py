import multiprocessing
import os


def work(x, results):
    results.put(x * x)


context = multiprocessing.get_context("fork")
results = context.Queue()
children = [context.Process(target=work, args=(x, results)) for x in range(3)]
for child in children:
    child.start()
print(sorted(results.get() for _ in children))
for child in children:
    child.join()
print([child.exitcode for child in children], os.getpid() > 0)
