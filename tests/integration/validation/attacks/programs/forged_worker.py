# expect: passed
import json
import socket

try:
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(2)
        wire.connect("\0raygen-fork_server")
        wire.sendall(b"{" * 3_000_000)
except OSError as error:
    print(error)
with socket.socket(socket.AF_UNIX) as wire:
    wire.settimeout(2)
    wire.connect("\0raygen-fork_server")
    wire.sendall(
        json.dumps(
            {"argv": ["--x"], "env": {"A": 1, "LD_PRELOAD": "/tmp/x.so"}}
        ).encode()
        + b"\n"
    )
with socket.socket(socket.AF_UNIX) as wire:
    wire.settimeout(2)
    wire.connect("\0raygen-fork_server")
    wire.sendall(b"1\0--x\0A=1\0LD_PRELOAD=/tmp/x.so")
    wire.shutdown(socket.SHUT_WR)
print("asked")
