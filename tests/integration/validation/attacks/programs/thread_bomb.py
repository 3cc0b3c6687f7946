# expect: passed failed killed out_of_memory timed_out
import threading
import time

for _ in range(20_000):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
