# expect: passed
import socket

for host in ("127.0.0.1", "localhost", "0.0.0.0", "::1", "10.0.0.1", "169.254.169.254"):
    try:
        socket.create_connection((host, PORT), 1).sendall(b"hello")
        print("GOT THROUGH")
    except OSError as error:
        print(error)
