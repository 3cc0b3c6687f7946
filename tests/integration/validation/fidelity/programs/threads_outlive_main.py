import threading
import time


def work():
    time.sleep(0.2)
    print("from the thread")


threading.Thread(target=work).start()
print("main is done")
