# expect: failed out_of_memory timed_out
import os

os.makedirs("many")
number = 0
while True:
    open(f"many/{number}", "w").close()
    number += 1
