"""`raygen validate`: a newcomer's program through policy and seal, and a status for the shell."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed from anywhere."""
    monkeypatch.setenv("RAYGEN_PACKAGES", "off")


PASSES = "import ray\nprint('Result:', ray.get(ray.remote(lambda: 1 + 2).remote()))\n"


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: bytes
    stderr: bytes


def validate(code: str | bytes, *options: str) -> Done:
    """The command in this process, which has imported already what a new one imports first."""
    done = CliRunner().invoke(main, ["validate", *options, "-"], input=code)
    return Done(done.exit_code, done.stdout_bytes, done.stderr_bytes)


def test_a_program_that_works(tmp_path: Path):
    path = tmp_path / "program.py"
    path.write_text(PASSES)
    command = [sys.executable, "-m", "bot", "validate", str(path)]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"passed\n")
    assert b"Result: 3" in done.stdout


@pytest.mark.parametrize("policy", ["", "abrupt-exit=off"])
@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("import sys\nsys.exit(0)\nprint('never')\n", "before its last statement"),
        ("import os\nos._exit(0)\nprint('never')\n", "The end of the program was not recorded"),
    ],
)
def test_an_early_exit_is_seen_whatever_the_policy(
    code: str, remark: str, policy: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RAYGEN_POLICY", policy)
    reported = json.loads(validate(code, "--json").stdout)
    assert any(remark in each for each in reported["remarks"])


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("print('before')\n{}['x']\n", "failed"),
        ("import torch\n", "not_importable"),
        ("import os\nos.system('ray stop --force')\n", "refused_by_policy"),
    ],
)
def test_a_program_that_does_not(code: str, verdict: str):
    done = validate(code, "--json")
    reported = json.loads(done.stdout)
    assert (done.returncode, reported["verdict"]) == (1, verdict)
    if verdict == "failed":
        assert reported["failure"]["kind"] == "KeyError"
        assert reported["failure"]["frames"] == [{"line": 2, "function": "<module>", "source": "{}['x']"}]
        assert reported["stdout"] == "before\n"


def test_bad_input_gets_one_sentence():
    done = validate(b"\xff\xfe")
    assert done.returncode == 1
    assert done.stderr == b"Error: The file '<stdin>' is not UTF-8 text; save it as UTF-8.\n"


def test_a_program_reads_its_input_files(tmp_path: Path):
    (tmp_path / "orders.csv").write_text("a\nb\n")
    done = validate("print(open('orders.csv').read())", "--input", str(tmp_path / "orders.csv"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"a\nb\n" in done.stdout


def test_an_input_that_can_not_be_one_gets_one_sentence(tmp_path: Path):
    (tmp_path / ".env").write_text("")
    done = validate("print(1)", "--input", str(tmp_path / ".env"))
    assert done.returncode == 1
    assert done.stderr == b"Error: The input file '.env' needs a plain file name; rename it.\n"


def project(path: Path, *names: str) -> list[str]:
    """Options that put files of a small project beside its main file."""
    (path / "pkg").mkdir()
    (path / "pkg" / "__init__.py").write_text("")
    (path / "pkg" / "core.py").write_text("def f():\n    return 1\n")
    (path / "pkg" / "table.csv").write_text("1\n")
    (path / "helpers.py").write_text("def clean(x):\n    return x * 2\n")
    (path / "sitecustomize.py").write_text("print('nobody was shown this')\n")
    (path / "evil.py").write_text("import os\n\nos.system('reboot')\n")
    (path / "link").symlink_to("/etc")
    (path / "holds_a_link").mkdir()
    (path / "holds_a_link" / "core.py").symlink_to("/etc/hostname")
    return [word for name in names for word in ("--input", str(path / name))]


def test_a_project_of_several_files_runs(tmp_path: Path):
    code = (
        "import ray\nfrom helpers import clean\nfrom pkg.core import f\n"
        "print(ray.get([ray.remote(clean).remote(i) for i in range(4)]), f(), open('pkg/table.csv').read())\n"
    )
    done = validate(code, "--json", *project(tmp_path, "helpers.py", "pkg", "evil.py"))
    reported = json.loads(done.stdout)
    assert (reported["verdict"], reported["stdout"]) == ("passed", "[0, 2, 4, 6] 1 1\n\n")
    assert reported["policy"]["findings"] == []


@pytest.mark.parametrize(
    ("code", "names", "sentence"),
    [
        (
            "print(1)",
            ["sitecustomize.py"],
            b"would be mistaken for the start-up hook `sitecustomize`; rename it.",
        ),
        ("print(1)", ["holds_a_link"], b"is a symbolic link: use what it points to."),
        ("print(1)", ["helpers.py", "helpers.py"], b"is attached twice; rename one of them."),
        ("import evil", ["evil.py"], b"evil.py, line 3: "),
        ("import helpers", [], b"not importable: helpers"),
    ],
)
def test_what_can_not_be_beside_a_program_is_named(
    tmp_path: Path, code: str, names: list[str], sentence: bytes
):
    done = validate(code, *project(tmp_path, *names))
    assert done.returncode == 1
    assert sentence in done.stderr + done.stdout
    assert b"nobody was shown this" not in done.stdout
