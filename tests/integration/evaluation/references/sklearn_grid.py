# /// script
# dependencies = ["scikit-learn"]
# ///
import ray
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

ray.init()


@ray.remote
def score(c, gamma):
    x, y = load_digits(return_X_y=True)
    return cross_val_score(SVC(C=c, gamma=gamma), x, y, cv=3).mean(), c, gamma


found = ray.get([score.remote(c, gamma) for c in (1, 10) for gamma in (0.001, 0.0001)])
for accuracy, c, gamma in found:
    print(c, gamma, round(accuracy, 4))
print("Best:", max(found))
