"""Tasks that fail now and then, and are retried."""
import os

import ray

ray.init()


@ray.remote(max_retries=5, retry_exceptions=[OSError])
def flaky(path, n):
    mark = f"{path}/{n}"
    if not os.path.exists(mark):
        open(mark, "w").close()
        raise OSError("the first try fails")
    return n


os.makedirs("outputs/marks", exist_ok=True)
print(sum(ray.get([flaky.remote(os.path.abspath("outputs/marks"), n) for n in range(5)])))
