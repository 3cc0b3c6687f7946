# expect: passed
import socket

names = [name for _, name in socket.if_nameindex()]
print(names if names == ["lo"] else f"GOT THROUGH {names}")
