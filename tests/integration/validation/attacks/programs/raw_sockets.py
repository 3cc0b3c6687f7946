# expect: passed
import socket

for family, kind, protocol in (
    (socket.AF_INET, socket.SOCK_RAW, 1),
    (socket.AF_PACKET, socket.SOCK_RAW, 3),
    (40, 1, 0),
):
    try:
        socket.socket(family, kind, protocol)
        print("GOT THROUGH")
    except OSError as error:
        print(error)
