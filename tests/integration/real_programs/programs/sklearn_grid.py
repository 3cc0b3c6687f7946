# /// script
# dependencies = ["scikit-learn"]
# ///
"""A grid search over a random forest, a task for each candidate."""
import ray
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score

ray.init()
data = ray.put(load_digits(return_X_y=True))


@ray.remote
def score(data, trees):
    x, y = data
    return trees, cross_val_score(RandomForestClassifier(trees, random_state=0), x[:400], y[:400], cv=3).mean()


best = max(ray.get([score.remote(data, trees) for trees in (5, 10, 20)]), key=lambda each: each[1])
print("trees", best[0])
