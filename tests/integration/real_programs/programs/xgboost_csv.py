# /// script
# dependencies = ["xgboost", "scikit-learn"]
# ///
"""Gradient boosting on a shared CSV."""
import pandas as pd
import ray
import xgboost

ray.init()


@ray.remote
def fit(depth):
    frame = pd.read_csv("sales.csv")
    model = xgboost.XGBRegressor(max_depth=depth, n_estimators=5)
    model.fit(frame[["month"]], frame["amount"])
    return depth, float(model.score(frame[["month"]], frame["amount"])) > 0


print(ray.get([fit.remote(depth) for depth in (1, 2)]))
