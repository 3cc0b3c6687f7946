# expect: passed
import os

for pid in (VICTIM, -VICTIM):
    try:
        os.kill(pid, 9)
        print("GOT THROUGH")
    except OSError as error:
        print(error)
