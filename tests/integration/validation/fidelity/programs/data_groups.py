import pandas as pd

import ray

frame = pd.DataFrame({"team": list("abcab"), "points": [1, 2, 3, 4, 5]})
grouped = ray.data.from_pandas(frame).groupby("team").sum("points")
print(grouped.to_pandas().sort_values("team").to_string(index=False))
