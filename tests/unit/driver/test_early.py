"""A program that ends by SystemExit is at its end, or has left statements behind; the driver tells the two apart."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from services.driver.report import read
from services.driver.wrapper.early import early_end

AT_ITS_END = {
    "main at the last line": 'import sys\ndef main():\n    return 0\nif __name__ == "__main__":\n    sys.exit(main())\n',
    "last statement": "x = 1\nraise SystemExit\n",
    "exit at the end of a function": "def main():\n    x = 1\n    raise SystemExit(0)\nmain()\n",
    "in a branch of the last statement": "import sys\nif 1 > 2:\n    x = 1\nelse:\n    sys.exit()\n",
    "within with": "import contextlib, sys\nwith contextlib.suppress(ValueError):\n    sys.exit(0)\n",
    "within try and finally": "import sys\ntry:\n    sys.exit(0)\nfinally:\n    x = 1\n",
    "within a method": "import sys\nclass A:\n    def run(self):\n        sys.exit(0)\nA().run()\n",
    "one line": "import sys; sys.exit(0)",
    "decorated": "import functools\n@functools.lru_cache\ndef main():\n    raise SystemExit\nmain()\n",
    "a lambda": "(lambda: exit(0))()\n",
    "match": "import sys\nmatch 1:\n    case 1:\n        sys.exit(0)\n    case _:\n        x = 1\n",
}
EARLY = {
    "exit and more": ("import sys\nsys.exit(0)\nbad()\n", 2, 3),
    "raise": ("raise SystemExit\nbad()\n", 1, 2),
    "nested": ("def deep():\n    exit()\ndef main():\n    deep()\n    bad()\nmain()\n", 2, 6),
    "early in main": (
        "import sys\ndef main():\n    if True:\n        sys.exit(0)\n    bad()\nif __name__ == '__main__':\n    main()\n",
        4,
        6,
    ),
    "in a loop": ("for i in range(3):\n    if i == 1:\n        quit()\n    print(i)\n", 3, 1),
    "on one line": ("import sys; sys.exit(0); bad()", 1, 1),
    "of a text": ("exec('import sys; sys.exit(0); bad()')\n", 1, 1),
    "by a library": ("import argparse\nargparse.ArgumentParser().exit()\nbad()\n", 2, 3),
    "in a condition": ("import sys\nif sys.exit(0):\n    bad()\n", 2, 2),
    "in a comprehension": ("[exit() for _ in range(3)]\nbad()\n", 1, 2),
    "after try with else": (
        "import sys\ntry:\n    sys.exit(0)\nexcept ValueError:\n    x = 1\nelse:\n    bad()\n",
        3,
        2,
    ),
    "in a generator": ("def g():\n    yield 1\n    exit()\n    yield 2\nlist(g())\n", 3, 5),
    "in a thread of its own loop": (
        "import asyncio, sys\nasync def main():\n    sys.exit(0)\n    bad()\nasyncio.run(main())\n",
        3,
        5,
    ),
}
INSTEAD = {
    "handler": "import sys\ntry:\n    1 / 0\nexcept Exception:\n    sys.exit(0)\n",
    "finally": "import sys\ntry:\n    1 / 0\nfinally:\n    sys.exit(0)\n",
    "from none": "try:\n    1 / 0\nexcept Exception:\n    raise SystemExit(0) from None\n",
}


def ended(code: str, place: Path) -> dict[str, Any]:
    """As the driver executes it."""
    program = str(place / "program.py")
    Path(program).write_text(code, encoding="utf-8")
    with pytest.raises(SystemExit) as raised:
        exec(compile(code, program, "exec"), {"__name__": "__main__", "exit": sys.exit, "quit": sys.exit})
    return early_end(raised.value, program)


@pytest.mark.parametrize("code", AT_ITS_END.values(), ids=list(AT_ITS_END))
def test_at_its_end_there_is_nothing_to_say(code: str, tmp_path: Path):
    assert ended(code, tmp_path) == {}


@pytest.mark.parametrize(("code", "line", "last"), EARLY.values(), ids=list(EARLY))
def test_before_its_end_it_says_where(code: str, line: int, last: int, tmp_path: Path):
    reported = ended(code, tmp_path)
    assert reported == {"ended": {"line": line, "last": last, "during": ""}}
    (remark,) = read(reported).remarks
    assert f"exited with SystemExit on line {line}, before" in remark


@pytest.mark.parametrize("code", INSTEAD.values(), ids=list(INSTEAD))
def test_an_exit_in_place_of_an_error_names_it(code: str, tmp_path: Path):
    reported = ended(code, tmp_path)
    assert reported["ended"]["during"] == "ZeroDivisionError"
    assert "while handling ZeroDivisionError" in read(reported).remarks[0]


def test_code_beside_the_program_counts_as_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "beside_it.py").write_text(
        "import sys\ndef run():\n    sys.exit(0)\n    bad()\n", encoding="utf-8"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    reported = ended("import beside_it\nbeside_it.run()\n", tmp_path)
    assert reported["ended"]["line"] == 2
