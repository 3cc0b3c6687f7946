# lines: those that begin with `>`; Ray has its own to say
import os
import tempfile

import ray

mark = tempfile.mktemp()


@ray.remote(max_retries=3, retry_exceptions=[ValueError])
def flaky():
    tries = 1
    if os.path.exists(mark):
        tries += int(open(mark).read())
    with open(mark, "w") as file:
        file.write(str(tries))
    if tries < 3:
        raise ValueError("not yet")
    return tries


print(">", ray.get(flaky.remote()))
os.remove(mark)
