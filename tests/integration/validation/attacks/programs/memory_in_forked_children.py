# expect: out_of_memory killed
import os
import time

for _ in range(6):
    if os.fork() == 0:
        held = bytearray(400_000_000)
        for place in range(0, len(held), 4096):
            held[place] = 1
        time.sleep(60)
time.sleep(60)
