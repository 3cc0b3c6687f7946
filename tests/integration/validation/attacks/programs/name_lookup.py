# expect: passed
import socket

try:
    print("GOT THROUGH", socket.getaddrinfo("example.com", 80))
except OSError as error:
    print(error)
