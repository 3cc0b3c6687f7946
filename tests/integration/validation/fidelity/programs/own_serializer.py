import threading

import ray


class Held:
    def __init__(self, x):
        self.x, self.lock = x, threading.Lock()


ray.init()
ray.util.register_serializer(Held, serializer=lambda held: held.x, deserializer=Held)
print(ray.get(ray.put(Held(5))).x)
