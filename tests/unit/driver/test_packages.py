"""The packages that a program imports, in a process of its own, as it changes how imports are done there."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

WATCHING = """
import runpy, sys
import attr, yaml
from services.driver.wrapper.packages import watch_imports
program, noted = sys.argv[1], []
watch_imports(program.__eq__, noted.append)
sys.path.insert(0, sys.argv[2])
try:
    runpy.run_path(program)
finally:
    print(*dict.fromkeys(noted))
"""


async def imported(folder: Path, program: str, before: str = "") -> tuple[str, str]:
    """What a program prints, then the packages that were noted; `before` is what is done in its process before it."""
    file = folder / "program.py"
    file.write_text(program)
    words = (sys.executable, "-c", before + WATCHING, str(file), str(folder))
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    reported, _ = await process.communicate()
    *printed, noted = reported.decode().splitlines()
    return "\n".join(printed), noted


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("import yaml.loader, json", "yaml"),
        ("from attr import define", "attr"),
        ("def inside():\n    import yaml\ninside()", "yaml"),
        ("def never():\n    import yaml", ""),
        ("import fresh", "fresh"),
        ("import fresh\nprint(fresh.within.NAME)", "fresh"),
        ("import package.part\nfrom package import part", "package"),
        ("__import__('fresh')", "fresh"),
        ("from importlib import import_module\nimport_module('fresh')", "fresh"),
        ("from importlib import import_module\nimport_module('yaml')", "yaml"),
        ("import importlib, yaml\nimportlib.reload(yaml)", "yaml"),
        ("try:\n    import nowhere\nexcept ImportError:\n    import attr", "nowhere attr"),
    ],
)
async def test_what_a_program_imports_by_itself(tmp_path: Path, program: str, expected: str):
    (tmp_path / "fresh.py").write_text("import within, yaml")
    (tmp_path / "within.py").write_text("NAME = 'within'\nimport attr")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("from package import part")
    (tmp_path / "package" / "part.py").write_text("import package")
    assert (await imported(tmp_path, program))[1] == expected


async def test_what_was_loaded_by_another_is_noted_when_the_program_imports_it(tmp_path: Path):
    (tmp_path / "outer.py").write_text("import inner")
    (tmp_path / "inner.py").write_text("")
    assert (await imported(tmp_path, "import outer\ndef f():\n    import inner\nf()"))[1] == "outer inner"


async def test_failing_imports_look_as_they_always_do(tmp_path: Path):
    program = (
        "import traceback\ntry:\n    import nowhere\nexcept ImportError:\n    print(traceback.format_exc())"
    )
    printed, _ = await imported(tmp_path, program)
    assert printed.splitlines()[1:] == [
        f'  File "{tmp_path / "program.py"}", line 3, in <module>',
        "    import nowhere",
        "ModuleNotFoundError: No module named 'nowhere'",
    ]


async def test_modules_travel_by_value_as_they_always_do(tmp_path: Path):
    (tmp_path / "fresh.py").write_text("def double(n):\n    return 2 * n")
    program = (
        "import fresh, pickle\nfrom ray import cloudpickle\ncloudpickle.register_pickle_by_value(fresh)\n"
    )
    program += "print(pickle.loads(cloudpickle.dumps(lambda: fresh.double(4)))())\n"
    program += "print(type(pickle.loads(pickle.dumps(fresh.__spec__))).__name__)"
    assert await imported(tmp_path, program) == ("8\nModuleSpec", "fresh ray")


async def test_a_module_that_can_not_be_looked_at_is_left_alone(tmp_path: Path):
    (tmp_path / "fresh.py").write_text("")
    lazy = "import sys, types\nclass Lazy(types.ModuleType):\n    def __getattribute__(self, name):\n        raise RuntimeError\n"
    lazy += "sys.modules['lazy'] = Lazy('lazy')\n"
    assert (await imported(tmp_path, "import fresh", before=lazy))[1] == "fresh"
