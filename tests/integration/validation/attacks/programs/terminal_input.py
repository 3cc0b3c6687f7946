# expect: passed
import fcntl
import os

for path in ("/dev/tty", "/dev/console", "/dev/pts/0"):
    try:
        fcntl.ioctl(os.open(path, os.O_RDWR), 0x5412, b"x")
        print("GOT THROUGH", path)
    except OSError as error:
        print(error)
