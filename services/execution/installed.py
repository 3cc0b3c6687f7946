"""What Ray installs on a target before a program runs there."""

from __future__ import annotations

from typing import Any

from services.execution.interface import Job

# The first two are Ray's own, where a runtime environment names none.
_OPTIONS = ["--disable-pip-version-check", "--no-cache-dir", "--require-hashes", "--no-deps"]


def installed(job: Job) -> dict[str, Any]:
    """The part of a runtime environment for it: exactly the job's lock, and nothing where that is empty."""
    if not job.lock:
        return {}
    # A requirement with hashes goes over several lines, and Ray wants one for each.
    lines = job.lock.requirements.replace("\\\n", " ").splitlines()
    locked = [" ".join(line.split()) for line in lines if line.strip() and not line.startswith("#")]
    return {"pip": {"packages": locked, "pip_install_options": _OPTIONS}}
