import numpy as np
import pandas as pd
import pyarrow as pa

import ray


@ray.remote
def describe(frame):
    return frame.describe().round(2)


frame = pd.DataFrame({"x": np.arange(5), "y": np.arange(5) * 0.5})
print(ray.get(describe.remote(frame)))
print(ray.get(ray.put(pa.table({"n": [1, 2, 3]}))).to_pydict())
