# expect: passed
import socket

try:
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect("\0ABSTRACT")
        print("GOT THROUGH")
except OSError as error:
    print(error)
