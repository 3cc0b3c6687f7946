"""What programs on the embedded cluster can connect to: tried in the real sandbox, on a machine made of namespaces."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from services.execution import outgoing
from tests.integration.execution.neighbourhood import (
    METADATA,
    NEIGHBOUR,
    NEIGHBOUR_6,
)

_NAMESPACES = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--fork", "--kill-child")


def _needed(mode: str) -> None:
    missing = [name for name in ("ip", "unshare", "nsenter", "mount") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if subprocess.run([*_NAMESPACES, "true"], capture_output=True, check=False, timeout=20).returncode != 0:
        pytest.skip("this user can't make network namespaces")
    if mode == "internet" and (found := outgoing.obstacle()) and "default route" not in found:
        pytest.skip(found)


def _neighbourhood(what: str, mode: str) -> dict[str, Any]:
    _needed(mode)
    command = [*_NAMESPACES, sys.executable, "-m", "tests.integration.execution.neighbourhood", what, mode]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("mode", ["none", "internet"])
def test_a_program_reaches_what_the_setting_says_and_never_the_machine(mode: str) -> None:
    told = _neighbourhood("reach", mode)
    assert set(told["machine"].values()) == {"hello"}  # all of it is there, and answers the machine itself
    beyond = {NEIGHBOUR, NEIGHBOUR_6} if mode == "internet" else set[str]()
    assert {address for address, said in told["reached"].items() if said == "hello"} == beyond
    assert {told["reached"][address] for address in METADATA} <= {"PermissionError", "OSError"}
    assert told["routed"] == []
    assert told["writable"] == []  # of the kernel's settings
    assert told["abstract"] == "ConnectionRefusedError"
    assert told["named"] == ("192.0.2.99" if mode == "internet" else "gaierror")


def test_nothing_is_left_of_a_network_and_a_lost_pasta_is_replaced() -> None:
    told = _neighbourhood("endings", "internet")
    assert told == dict.fromkeys(told, True)
    assert len(told) == 4
