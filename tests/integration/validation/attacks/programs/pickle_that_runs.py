# expect: passed failed
import pickle
import ray


class Evil:
    def __reduce__(self):
        return (open, ("CANARY_FILE", "w"))


try:
    print(ray.get(ray.put(Evil())))
except Exception as error:
    print(type(error).__name__)
open("outputs/evil.pkl", "wb").write(pickle.dumps(Evil()))
