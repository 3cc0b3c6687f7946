import os
import socket

reading, writing = os.pipe()
os.close(reading)
try:
    os.write(writing, b"x")
except BrokenPipeError as error:
    print(type(error).__name__)
one, other = socket.socketpair()
other.close()
try:
    one.sendall(b"x" * 100)
except BrokenPipeError as error:
    print(error)
