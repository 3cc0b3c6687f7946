# expect: passed
import ctypes
import os
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
print(
    "GOT THROUGH" if libc.unshare(0x10000000) == 0 else os.strerror(ctypes.get_errno())
)
for command in (
    ["unshare", "-Ur", "id"],
    ["bwrap", "--bind", "/", "/", "id"],
    ["su", "-c", "id"],
    ["mount"],
):
    try:
        done = subprocess.run(command, capture_output=True, timeout=5)
        print(
            command[0],
            done.returncode
            if command == ["mount"] or done.returncode
            else "GOT THROUGH",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(type(error).__name__)
