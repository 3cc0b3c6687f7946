"""What the generator reads of a target: words that raygen knows, and versions; nothing else that the target said."""

from __future__ import annotations

from services.domain.target_profile import TargetProfile
from services.environments.names import PROVIDERS
from services.text.formatting import human_bytes, plural

_HEAD = "The program is to run here. What is installed here needs no other version; declare it all the same."
_WELL_KNOWN = frozenset(PROVIDERS.values())


def described(profile: TargetProfile) -> str:
    """A few lines: Python, Ray, hardware, and the well-known packages that it has."""
    hardware = [
        *([f"GPUs: {profile.gpus:g}"] if profile.gpus else []),
        *([f"accelerator types: {', '.join(profile.accelerators)}"] if profile.accelerators else []),
        *([f"memory of the largest node: {human_bytes(profile.memory)}"] if profile.memory else []),
        plural(profile.nodes, "node"),
    ]
    packages = [
        f"{name} {version}" for name, version in sorted(profile.packages.items()) if name in _WELL_KNOWN
    ]
    lines = [
        _HEAD,
        f"Python {profile.python}, Ray {profile.ray}",
        *([] if profile.own else ["; ".join(hardware)]),
        f"Well-known packages: {', '.join(packages) or 'none'}",
    ]
    return "\n".join(lines)
