# expect: passed
import ctypes
import os

libc = ctypes.CDLL(None)
fd = libc.open(b"/etc/passwd", os.O_RDONLY)
print(os.read(fd, 10))
for path in (b"CANARY_FILE", b"/etc/shadow"):
    print("refused" if libc.open(path, os.O_RDONLY) < 0 else "GOT THROUGH")
