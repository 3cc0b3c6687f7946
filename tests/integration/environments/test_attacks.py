"""Packages that mean harm: what would run by itself or replace other modules isn't installed, and a build reaches nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.domain.errors import PackagesRefused
from services.environments.contents import accept
from tests.integration.environments.conftest import Place
from tests.integration.environments.test_installing import imported
from tests.package_index import PackageIndex, source, wheel


@pytest.mark.parametrize(
    ("path", "module", "whose"),
    [
        ("json.py", "json", "Python"),
        ("asyncio/__init__.py", "asyncio", "Python"),
        ("sitecustomize.py", "sitecustomize", "the interpreter"),
        ("usercustomize/__init__.py", "usercustomize", "the interpreter"),
        ("ray/__init__.py", "ray", "ray"),
        ("numpy.cpython-311-x86_64-linux-gnu.so", "numpy", "numpy"),
        ("google/protobuf/__init__.py", "google.protobuf", "protobuf"),
        ("google/__init__.py", "google", "protobuf"),
        ("raygen_driver/__init__.py", "raygen_driver", "the interpreter"),
    ],
)
async def test_a_module_of_others_is_not_replaced(
    index: PackageIndex, place: Place, path: str, module: str, whose: str
):
    index.add(wheel("evil", files={path: "harm", "evil.py": ""}))

    with pytest.raises(PackagesRefused) as refused:
        await place.get("evil")

    sentence = f"The package evil would replace the module {module} of {whose}. "
    if module != "google":
        assert refused.value.public.startswith(sentence)
    assert f"would replace the module {module} of " in refused.value.public
    assert place.left() == []


async def test_what_python_would_run_by_itself_is_left_out(index: PackageIndex, place: Place, tmp_path: Path):
    mark = tmp_path / "mark"
    line = f"import pathlib; pathlib.Path({str(mark)!r}).touch()\n"
    index.add(wheel("evil", files={"evil.pth": line, "evil.py": "", "data/evil.pth": line}))

    environment = await place.get("evil")

    assert environment.path
    assert environment.left_out == ("evil.pth",)
    assert not (environment.path / "evil.pth").exists()
    imported(environment.path, "import evil")
    assert not mark.exists()


@pytest.mark.parametrize(
    "path", ["../../../escaped", "/tmp/escaped-from-a-wheel", "evil-1.0.data/data/../../../escaped"]
)
async def test_a_wheel_writes_nowhere_else(index: PackageIndex, place: Place, path: str):
    index.add(wheel("evil", files={"evil.py": "", path: "harm"}))

    try:
        await place.get("evil")
    except PackagesRefused:
        assert place.left() == []

    assert not [*place.root.parent.rglob("escaped*")]
    assert not Path("/tmp/escaped-from-a-wheel").exists()


BACKEND = """
import json, os, socket, urllib.request, zipfile
def tried(act):
    try:
        return str(act())
    except BaseException as error:
        return type(error).__name__
def build_wheel(directory, *_):
    found = {
        "secret": tried(lambda: open(SECRET).read()),
        "write": tried(lambda: open(SECRET, "w")),
        "etc": sorted(os.listdir("/etc")),
        "home": tried(lambda: os.listdir(os.path.dirname(SECRET))),
        "environment": sorted(os.environ),
        "loopback": tried(lambda: socket.create_connection(("127.0.0.1", PORT), 2)),
        "elsewhere": tried(lambda: socket.create_connection(("192.0.2.1", 443), 2)),
        "proxied": tried(lambda: urllib.request.urlopen(f"http://127.0.0.1:8099/http/127.0.0.1:{PORT}/private", timeout=5).read()),
        "index": tried(lambda: urllib.request.urlopen(f"http://127.0.0.1:8099/http/127.0.0.1:{INDEX}/private", timeout=5).read()),
        "processes": sum(name.isdigit() for name in os.listdir("/proc")),
    }
    name = "evil-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        archive.writestr("evil.py", "FOUND = " + repr(json.dumps(found)))
        archive.writestr("evil-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: evil\\nVersion: 1.0\\n")
        archive.writestr("evil-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr("evil-1.0.dist-info/RECORD", "")
    return name
"""


async def test_a_build_reaches_nothing(
    index: PackageIndex, make: Callable[..., Place], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOME_SECRET", "s3cr3t")
    secret = tmp_path / "secret"
    secret.write_text("s3cr3t")
    with PackageIndex() as other:
        facts = f"SECRET, PORT, INDEX = {str(secret)!r}, {other.port}, {index.port}\n"
        index.add(source("evil", "1.0", facts + BACKEND))

        environment = await make(builds=True).get("evil")

        assert other.requests == []
    assert environment.path
    found = json.loads(imported(environment.path, "import evil; print(evil.FOUND)"))
    assert found["secret"] == found["write"] == found["home"] == "FileNotFoundError"
    assert set(found["etc"]) <= {"alternatives", "group", "hosts", "ld.so.cache", "passwd"}
    assert "SOME_SECRET" not in found["environment"]
    assert found["loopback"] == "ConnectionRefusedError"
    assert found["elsewhere"] in {"OSError", "TimeoutError"}
    assert found["proxied"] == found["index"] == "HTTPError"
    assert "/private" not in index.requests
    assert found["processes"] < 10
    assert secret.read_text() == "s3cr3t"


def test_links_are_not_installed(tmp_path: Path):
    (tmp_path / "link").symlink_to("/etc/passwd")

    with pytest.raises(PackagesRefused, match="contains link, which is neither a file nor a directory"):
        accept(tmp_path)
