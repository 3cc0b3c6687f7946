# order: any
import ray


@ray.remote
class Speaker:
    def __init__(self):
        print("made")

    def say(self, text):
        print(text)
        print()
        print("   indented, and (looks pid=12) like Ray's")


speaker = Speaker.remote()
ray.get([speaker.say.remote(f"say {i}") for i in range(3)])
