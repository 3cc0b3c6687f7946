"""Actors that share a frontier of pages, without a network."""
import ray

ray.init()


@ray.remote
class Frontier:
    def __init__(self):
        self.seen, self.todo = {0}, [0]

    def take(self):
        return self.todo.pop() if self.todo else None

    def add(self, links):
        new = [link for link in links if link not in self.seen]
        self.seen.update(new)
        self.todo += new

    def size(self):
        return len(self.seen)


@ray.remote
def crawl(frontier):
    while (page := ray.get(frontier.take.remote())) is not None:
        ray.get(frontier.add.remote([n for n in (2 * page + 1, 2 * page + 2) if n < 100]))


frontier = Frontier.remote()
ray.get([crawl.remote(frontier) for _ in range(2)])
ray.get(crawl.remote(frontier))
print(ray.get(frontier.size.remote()), "pages")
