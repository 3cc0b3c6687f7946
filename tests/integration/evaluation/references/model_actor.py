# /// script
# dependencies = ["scikit-learn"]
# ///
import ray
from sklearn.datasets import load_wine
from sklearn.neighbors import KNeighborsClassifier

ray.init()


@ray.remote
class Model:
    def __init__(self):
        self.x, y = load_wine(return_X_y=True)
        self.model = KNeighborsClassifier(1).fit(self.x, y)

    def classes(self, count):
        return self.model.predict(self.x[:count]).tolist()


print(ray.get(Model.remote().classes.remote(10)))
