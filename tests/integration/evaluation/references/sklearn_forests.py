# /// script
# dependencies = ["scikit-learn"]
# ///
import ray
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

ray.init()


@ray.remote
def fit(seed):
    x, y = load_iris(return_X_y=True)
    return RandomForestClassifier(50, random_state=seed).fit(x, y).score(x, y)


print(ray.get([fit.remote(seed) for seed in range(4)]))
