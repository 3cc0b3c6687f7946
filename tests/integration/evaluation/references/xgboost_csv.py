# /// script
# dependencies = ["xgboost", "scikit-learn"]
# ///
import pandas as pd
import ray
from xgboost import XGBClassifier

ray.init()


@ray.remote
def fit(frame):
    data = frame.sample(frac=1, random_state=0)
    train, test = data[: len(data) * 2 // 3], data[len(data) * 2 // 3 :]
    model = XGBClassifier(n_estimators=20).fit(train.drop(columns="repaid"), train.repaid)
    return (model.predict(test.drop(columns="repaid")) == test.repaid).mean()


print("Accuracy:", ray.get(fit.remote(pd.read_csv("loans.csv"))))
