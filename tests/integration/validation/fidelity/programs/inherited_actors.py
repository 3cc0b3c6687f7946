import ray


class Base:
    def __init__(self, name):
        self.name = name

    def hello(self):
        return f"{type(self).__name__} {self.name}"


@ray.remote
class Child(Base):
    def hello(self):
        return super().hello() + "!"


print(
    ray.get(Child.remote("c").hello.remote()),
    ray.get(ray.remote(Base).remote("b").hello.remote()),
)
