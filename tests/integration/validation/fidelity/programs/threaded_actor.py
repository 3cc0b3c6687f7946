import threading

import ray


@ray.remote(max_concurrency=3)
class Meeting:
    def __init__(self):
        self.barrier = threading.Barrier(3)

    def meet(self):
        self.barrier.wait(20)
        return "met"


meeting = Meeting.remote()
print(ray.get([meeting.meet.remote() for _ in range(3)]))
