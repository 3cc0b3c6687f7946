# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportAttributeAccessIssue=false
# The package is there in Python 3.12 and later only.
"""The process of one snippet in WebAssembly: reads it from standard input, and writes the result as JSON.

Given to the interpreter as text, so it imports nothing of ours.
"""

import json
import os
import resource
import sys
from typing import Any

import eryx

_GRACE = 2.0
_FILES = 1024**2
_ZONES = "/usr/share/zoneinfo"
_ANSWER = "raygen_answer"
# `random` was seeded when the interpreter was built, for everyone alike.
_INSIDE = """
import json, random
random.seed()
request = json.loads({request!r})
names = {{"__name__": "inside"}}
exec(compile(request.pop("inside"), "inside", "exec"), names)
{answer} = names["answered"](request)
"""


def main() -> None:
    request = json.loads(sys.stdin.buffer.readline())
    seconds = request["seconds"] + _GRACE
    os.environ["TMPDIR"] = request.pop("folder")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    sys.stdout.write(json.dumps(_ran(request, seconds)))


def _ran(request: dict[str, Any], seconds: float) -> Any:
    limits = eryx.ResourceLimits(
        execution_timeout_ms=int(seconds * 1000),
        max_memory_bytes=request["memory"],
        max_callback_invocations=0,
        max_vfs_bytes=_FILES,
    )
    zones = [(_ZONES, _ZONES, True)] if os.path.isdir(_ZONES) else []
    sandbox = eryx.Sandbox(resource_limits=limits, result_variable=_ANSWER, volumes=zones)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (0, 0)
    )  # its library is unpacked where that was not done before
    try:
        return sandbox.execute(_INSIDE.format(request=json.dumps(request), answer=_ANSWER)).result
    except eryx.ResourceLimitError:
        return _failed(f"It needs more than {request['memory'] // 1024**2} MB of memory.")
    except eryx.TimeoutError:
        return {**_failed("It took too long."), "stopped": True}
    except eryx.EryxError:
        return _failed("It ended without a result.")


def _failed(sentence: str) -> dict[str, Any]:
    return {"value": None, "error": sentence, "output": "", "truncated": False}


main()
