"""Runs one snippet inside its seal: reads it from standard input, and writes the result as JSON.

Given to the interpreter as text, so it imports nothing of ours; another interpreter that has no standard input calls
`answered` itself. What keeps a snippet from doing harm is the seal; the list of modules and the audit hook keep it to
what is promised: no files, no processes, no network, not even in there.
"""

import builtins
import io
import json
import sys
from collections.abc import Callable
from typing import Any

# What Python itself imports once it is needed, from files that are closed then.
_ALWAYS = ("encodings.latin_1", "encodings.cp1252", "weakref", "heapq", "copy")
_UNICODE = [f"encodings.utf_{width}" for width in ("16", "16_le", "16_be", "32", "32_le", "32_be", "8_sig")]
_LATER = {
    "datetime": ("_strptime",),
    "time": ("_strptime",),
    "functools": ("typing",),
    "fractions": ("decimal",),
    "uuid": ("hashlib",),
}
_FOR_OTHERS = ("_strptime",)
_GONE = ("open", "input", "breakpoint", "exit", "quit", "help")
_CLOSED = (
    "os",
    "socket",
    "subprocess",
    "ctypes",
    "shutil",
    "mmap",
    "pty",
    "signal",
    "fcntl",
    "tempfile",
    "pathlib",
)
_ZONES = "/usr/share/zoneinfo/"


def main() -> None:
    import resource  # noqa: PLC0415  # not where there are no processes

    request = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(2000)
    result = sys.stdout
    result.buffer.write(json.dumps(answered(request)).encode())
    result.flush()


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """What came of the snippet: `output`, `truncated`, and `value` or `error`."""
    for name in needed(request["imports"], request["code"]):
        __import__(name)
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = printed = Printed(request["output"])
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": allowed(frozenset(request["safe"]))}
    answer: dict[str, Any] = {"value": None, "error": None}
    sys.addaudithook(refuse)
    try:
        exec(compile(request["code"], "<snippet>", "exec"), names)  # noqa: S102  # what this is for
        if names.get(request["value"]) is not None:
            answer["value"] = repr(names[request["value"]])[: request["output"] + 1]
    except BaseException as error:  # noqa: BLE001  # whatever it raises is its result
        answer["error"] = explained(error)
    answer["output"], answer["truncated"] = printed.getvalue()[: request["output"]], printed.truncated
    return answer


def needed(imports: list[str], code: str) -> set[str]:
    """All modules that are read before files are closed."""
    later = {name for module in imports for name in _LATER.get(module, ())}
    return {*imports, *_ALWAYS, *later, *(_UNICODE if "utf" in code.lower() else ())}


class Printed(io.StringIO):
    """Keeps the beginning of what is printed."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room, self.truncated = room, False

    def write(self, text: str, /) -> int:
        self.truncated = self.truncated or len(text) > self.room
        super().write(text[: self.room])
        self.room -= min(len(text), self.room)
        return len(text)


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, which nothing can take away again."""
    if event == "open" and str(arguments[0]).startswith(_ZONES) and arguments[1] in {"rb", "r"}:
        return
    if event == "open" or event.partition(".")[0] in _CLOSED:
        raise PermissionError("snippets have no files, processes or network")


def allowed(safe: frozenset[str]) -> dict[str, Any]:
    """The builtins of a snippet."""
    names = {name: value for name, value in vars(builtins).items() if name not in _GONE}
    original: Callable[..., Any] = builtins.__import__

    def imports(name: str, *rest: Any, **more: Any) -> Any:
        known = name in sys.modules and (name.partition(".")[0] in safe or name in _FOR_OTHERS)
        if name not in safe and not known:
            raise ImportError(f"the module {name!r} can't be used in snippets")
        return original(name, *rest, **more)

    names["__import__"] = imports
    return names


def explained(error: BaseException) -> str:
    """The exception in one line, with the snippet's own line."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<snippet>":
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        words = (error.msg if isinstance(error, SyntaxError) else str(error)).strip().splitlines()
    except Exception:  # noqa: BLE001  # the snippet's own class, with its own mistakes
        words = []
    line = error.lineno if isinstance(error, SyntaxError) and line is None else line
    text = type(error).__name__ + (f": {words[0][:500]}" if words else "")
    return text + (f" (line {line})" if line else "")


if __name__ == "__main__":
    main()
