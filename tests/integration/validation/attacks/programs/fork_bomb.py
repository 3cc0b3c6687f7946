# expect: killed timed_out out_of_memory
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
