import ray

ray.init()


@ray.remote
class Account:
    def __init__(self):
        self.b = 0

    def deposit(self, x):
        self.b += x
        return self.b

    def withdraw(self, x):
        if x > self.b:
            return f"refused: {x} is more than {self.b}"
        self.b -= x
        return self.b


a = Account.remote()
print(ray.get([a.deposit.remote(500), a.withdraw.remote(120), a.withdraw.remote(1000), a.deposit.remote(45)]))
print("Result:", ray.get(a.deposit.remote(0)))
