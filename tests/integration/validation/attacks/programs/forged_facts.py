# expect: failed killed
import json
import os

for fd in range(3, 256):
    try:
        os.write(
            fd,
            json.dumps(
                {"exit_code": 0, "value": "forged", "verdict": "passed", "touched": {}}
            ).encode(),
        )
    except OSError:
        pass
raise ValueError("the real end")
