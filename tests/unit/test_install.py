"""What `make playground` and `make test` install with: pip's own settings have to reach uv."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = spec_from_file_location("install", ROOT / "scripts/install.py")
assert SPEC
assert SPEC.loader
install = module_from_spec(SPEC)
SPEC.loader.exec_module(install)


def listed_by_pip(tmp_path: Path, text: str, **environment: str) -> str:
    """What the installed pip prints of a configuration file and of its environment variables."""
    config = tmp_path / "pip.conf"
    config.write_text(text)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        env={**kept, "PIP_CONFIG_FILE": str(config), **environment},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_a_private_registry_in_pips_configuration_reaches_uv(tmp_path: Path):
    listed = listed_by_pip(
        tmp_path,
        "[global]\nindex-url = https://user:secret@pypi.example.com/simple\n"
        "extra-index-url =\n  https://one.example.com/simple\n  https://two.example.com/simple\n"
        "find-links = /wheels /more\ncert = /company/ca.pem\ntrusted-host = pypi.example.com\n"
        "[install]\nindex-url = https://install.example.com/simple\n",
    )
    found = install.uv_settings(install.pip_options(listed), {})
    assert found["UV_DEFAULT_INDEX"] == "https://install.example.com/simple"
    assert found["UV_INDEX"] == "https://one.example.com/simple https://two.example.com/simple"
    assert found["UV_FIND_LINKS"] == "/wheels,/more"
    assert found["SSL_CERT_FILE"] == "/company/ca.pem"
    assert found["UV_INSECURE_HOST"] == "pypi.example.com"


def test_pips_environment_variables_win_over_its_files_and_uvs_own_over_both(tmp_path: Path):
    listed = listed_by_pip(
        tmp_path,
        "[global]\nindex-url = https://file.example.com/simple\nproxy = http://proxy.example.com:3128\n",
        PIP_INDEX_URL="https://environment.example.com/simple",
    )
    options = install.pip_options(listed)
    found = install.uv_settings(options, {})
    assert found["UV_DEFAULT_INDEX"] == "https://environment.example.com/simple"
    assert found["ALL_PROXY"] == "http://proxy.example.com:3128"
    assert "UV_DEFAULT_INDEX" not in install.uv_settings(
        options, {"UV_DEFAULT_INDEX": "https://uv.example.com"}
    )


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_pip_reads_the_index_of_uv_where_it_has_none(name: str):
    index = "https://uv.example.com/simple"
    assert install.pip_settings({name: index}) == {"PIP_INDEX_URL": index}
    assert install.pip_settings({name: index, "PIP_INDEX_URL": "https://pip.example.com"}) == {}
    assert install.pip_settings({}) == {}
