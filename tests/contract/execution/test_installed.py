"""What Ray's agent does with a lock: pip installs exactly its files, and nothing where a hash differs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from ray._private.runtime_env.dependency_utils import gen_requirements_txt
from ray.runtime_env import RuntimeEnv

from services.domain.locks import Lock, LockedPackage
from services.execution.installed import installed
from services.execution.interface import Job
from tests.package_index import PackageIndex, wheel
from tests.waiting import PATIENCE


def install(digest: str, index: PackageIndex, directory: Path) -> subprocess.CompletedProcess[str]:
    """As Ray's agent installs a job's packages, into a directory."""
    requirements = f"# a comment\ntiny==1.0 \\\n    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{digest}\n"
    lock = Lock(requirements=requirements, packages=(LockedPackage(name="tiny", version="1.0"),))
    asked = RuntimeEnv(**installed(Job("run", "", lock=lock))).pip_config()
    file = directory / "requirements.txt"
    gen_requirements_txt(str(file), asked["packages"])
    command = [sys.executable, "-m", "pip", "install", "-r", str(file), *asked["pip_install_options"]]
    where = ["--index-url", index.url, "--target", str(directory / "lib")]
    return subprocess.run([*command, *where], capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_nothing_without_a_lock():
    declares = (
        '# /// script\n# dependencies = ["numpy"]\n# ///\n'  # which validation has, so its lock is empty
    )
    assert installed(Job("run", declares)) == {}


def test_exactly_the_files_of_a_lock(tmp_path: Path):
    made = wheel("tiny", "1.0", requires=["absent"])
    digest = hashlib.sha256(made[1]).hexdigest()
    with PackageIndex() as index:
        index.add(made)
        index.add(wheel("tiny", "2.0"))
        refused = install(digest[::-1], index, tmp_path)
        assert refused.returncode
        assert "THESE PACKAGES DO NOT MATCH THE HASHES" in refused.stderr
        assert not (tmp_path / "lib").exists()
        done = install(digest, index, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "lib" / "tiny.py").read_text() == "VERSION = '1.0'\n"
