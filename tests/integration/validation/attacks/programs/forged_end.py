# expect: failed killed
import json
import os
import struct

frame = json.dumps({"status": 0, "cpu": 0.0}).encode()
for fd in range(3, 256):
    for header in (
        b"E" + struct.pack("<I", len(frame)),
        b"E" + struct.pack(">I", len(frame)),
        b"ended ",
    ):
        try:
            os.write(fd, header + frame)
        except OSError:
            pass
raise SystemExit(3)
