import ray


@ray.remote
class Pair:
    @ray.method(num_returns=2)
    def both(self):
        return 1, 2

    def stream(self):
        for letter in "ab":  # Ray sends into it, which only a generator hears
            yield letter


pair = Pair.remote()
print([ray.get(ref) for ref in pair.both.remote()])
print([ray.get(ref) for ref in pair.stream.options(num_returns="streaming").remote()])
