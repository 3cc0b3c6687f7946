"""Whether a program that ended by SystemExit was at its end, or left statements behind that then were not observed."""

from __future__ import annotations

import ast
import os
import types
from typing import Any

from .text import Facts

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def early_end(stop: SystemExit, program: str) -> Facts:
    """Where the file `program` was left as `ended`, or nothing when there was nothing left for it to do.

    It was at its end when the last statement of each of its functions on the way, and of the program itself, was being
    executed, as in `if __name__ == "__main__": sys.exit(main())`.
    """
    own = [(frame, place) for frame, place in _frames(stop.__traceback__) if _is_own(frame, program)]
    files = {
        name: _parsed(name) for name in {frame.f_code.co_filename for frame, _ in own} if os.path.isfile(name)
    }
    left = next((each for each in own if not _at_end(*each, files)), None)
    during = _instead_of(stop, own)
    if left is None and not during:
        return {}
    line = next((place[0] for frame, place in reversed(own) if frame.f_code.co_filename == program), 0)
    last = files[program].body[-1].lineno if program in files else line
    return {"ended": {"line": line, "last": last, "during": during}}


def _frames(trace: types.TracebackType | None) -> list[tuple[types.FrameType, tuple[int, int | None]]]:
    """The frames of a traceback, outermost first, each with the line and column that it was at."""
    found: list[tuple[types.FrameType, tuple[int, int | None]]] = []
    while trace is not None:
        column = None
        positions: Any = getattr(trace.tb_frame.f_code, "co_positions", None)  # from Python 3.11 on
        if positions is not None:
            column = list(positions())[trace.tb_lasti // 2][2]
        found.append((trace.tb_frame, (trace.tb_lineno, column)))
        trace = trace.tb_next
    return found


def _is_own(frame: types.FrameType, program: str) -> bool:
    """Code of the program, of files in its directory, or that one of those has compiled from text."""
    name = frame.f_code.co_filename
    if name.startswith("<") and not name.startswith("<frozen"):
        return True
    folder = os.path.join(os.path.dirname(program), "")
    return name.startswith(folder) and not name.startswith(os.path.join(folder, "raygen_driver", ""))


def _parsed(name: str) -> ast.Module:
    with open(name, "rb") as file:
        return ast.parse(file.read())


def _at_end(frame: types.FrameType, place: tuple[int, int | None], files: dict[str, ast.Module]) -> bool:
    code = frame.f_code
    tree = files.get(code.co_filename)
    if tree is None:
        return False  # there is no text to look at
    if code.co_name == "<module>":
        return _last(tree.body, place)
    for node in ast.walk(tree):
        if (
            isinstance(node, _FUNCTIONS)
            and node.name == code.co_name
            and _first_line(node) == code.co_firstlineno
        ):
            return _last(node.body, place)
    return True  # a lambda or a comprehension, within a statement of the frame around it


def _first_line(node: Any) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _last(body: list[ast.stmt], place: tuple[int, int | None]) -> bool:
    """Whether nothing of `body` comes after what is at `place`."""
    statement: Any = body[-1]
    if not _holds(statement, place):
        return False
    if isinstance(statement, (ast.For, ast.AsyncFor, ast.While)):
        return False
    branches = _branches(statement)
    return not branches or any(_last(branch, place) for branch in branches)


def _branches(statement: Any) -> list[list[ast.stmt]]:
    """The bodies of a compound statement after which it is at its end."""
    bodies: list[list[ast.stmt]] = [getattr(statement, name, []) for name in ("orelse", "finalbody")]
    if not (isinstance(statement, ast.Try) and statement.orelse):
        bodies.append(getattr(statement, "body", []))
    bodies += [each.body for name in ("handlers", "cases") for each in getattr(statement, name, ())]
    return [body for body in bodies if body]


def _holds(statement: Any, place: tuple[int, int | None]) -> bool:
    line, column = place
    if column is None:
        return bool(statement.lineno <= line <= statement.end_lineno)
    start, end = (statement.lineno, statement.col_offset), (statement.end_lineno, statement.end_col_offset)
    return bool(start <= (line, column) <= end)


def _instead_of(stop: SystemExit, own: list[tuple[types.FrameType, Any]]) -> str:
    """The class of the error that the program was handling as it raised SystemExit by itself."""
    raised = _frames(stop.__traceback__)
    by_program = bool(raised and own and raised[-1][0] is own[-1][0])
    error = stop.__context__
    return type(error).__name__ if by_program and isinstance(error, Exception) else ""
