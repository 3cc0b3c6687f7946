import dataclasses
import enum

import ray


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    colour: Colour = Colour.RED

    def moved(self, by):
        return dataclasses.replace(self, x=self.x + by)


@ray.remote
def move(point):
    return point.moved(2)


moved = ray.get(move.remote(Point(1)))
print(moved, type(moved) is Point, moved.colour is Colour.RED)
