# expect: passed
import socket

try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.sendto(b"x", ("198.51.100.1", 53))
        print("GOT THROUGH")
except OSError as error:
    print(error)
