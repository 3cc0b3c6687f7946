# /// script
# dependencies = ["scikit-learn"]
# ///
"""scikit-learn's own grid search, with its jobs on Ray."""
import joblib
from ray.util.joblib import register_ray
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

register_ray()
search = GridSearchCV(SVC(), {"C": [0.1, 1, 10], "kernel": ["linear", "rbf"]}, cv=3)
with joblib.parallel_config("ray", n_jobs=2):
    search.fit(*load_iris(return_X_y=True))
print(len(search.cv_results_["params"]), "candidates, best", round(search.best_score_, 1))
