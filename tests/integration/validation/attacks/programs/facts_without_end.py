# expect: passed failed killed timed_out output_limit
import os

for fd in range(3, 64):
    try:
        os.set_blocking(fd, False)
        for _ in range(2000):
            os.write(fd, b"[" * 65536)
    except OSError:
        pass
