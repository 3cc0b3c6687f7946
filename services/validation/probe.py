"""Finds out whether programs can be sealed on this host, and says in one sentence what to change when not."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

from services.domain.errors import SealUnavailable
from services.domain.values import Readiness
from services.isolation.ending import end
from services.text.formatting import human_seconds
from services.validation.seal import BWRAP, Seal, Spaces

PART = "validation"
_LIMIT = 90.0
_SENTENCE = "It ran in the sandbox."
_KNOBS = {
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    "/proc/sys/user/max_user_namespaces": ("0", "sysctl -w user.max_user_namespaces=15000"),
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
}
_CONTAINER = (
    "user namespaces are forbidden in this container: allow them with "
    "`docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`,"
    " in Kubernetes with `securityContext: {seccompProfile: {type: Unconfined}, procMount: Unmasked}`"
)


async def probe() -> Readiness:
    """Run a trivial program in the very seal that validation uses."""
    if shutil.which(BWRAP, path=os.defpath) is None:  # where a process without an environment looks
        return _not(
            "bubblewrap is not installed: `apt-get install bubblewrap` (or your distribution's package)."
        )
    try:
        complaint = await _try()
    except (SealUnavailable, TimeoutError) as error:
        return _not(str(error) or "bubblewrap did not answer.")
    return Readiness(PART, ready=True) if complaint is None else _not(_explained(complaint))


async def _try() -> str | None:
    """None when all went well, otherwise bubblewrap's complaint."""
    with Seal(Spaces()) as seal:
        process = await asyncio.create_subprocess_exec(
            *seal.observed_command(sys.executable, "-I", "-S", "-c", f"print({_SENTENCE!r})"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
            cwd="/",
            pass_fds=seal.fds,
        )
    try:
        async with asyncio.timeout(_LIMIT):
            output, complaint = await process.communicate()
    except TimeoutError:
        if process.returncode is None:
            end(process.pid)
        await process.wait()
        raise TimeoutError(
            f"a sandbox did not start within {human_seconds(_LIMIT)}, since this machine is slow or busy. Restart raygen later."
        ) from None
    return None if output.decode().strip() == _SENTENCE else complaint.decode("utf-8", "replace").strip()


def _explained(complaint: str) -> str:
    """What to do about it; bubblewrap's own words are added for who knows them."""
    last = complaint.splitlines()[-1][:200] if complaint else "no reason given"
    for path, (wrong, command) in _KNOBS.items():
        knob = Path(path)
        if knob.exists() and knob.read_text().strip() == wrong:
            return f"this kernel forbids user namespaces: `{command}` ({last})."
    if "Operation not permitted" in complaint or "No permissions" in complaint:
        return f"{_CONTAINER} ({last})."
    return f"bubblewrap can't make a sandbox here ({last})."


def _not(sentence: str) -> Readiness:
    return Readiness(PART, ready=False, missing=f"Programs can't be sealed: {sentence}")
