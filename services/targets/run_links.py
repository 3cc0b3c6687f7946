"""Addresses that lead to runs: pages of the targets' dashboards, and those of the API."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

_RUN = re.compile(r"(raygen-[0-9a-z-]{1,57})(?:[/?#].*)?")


@dataclass(frozen=True, slots=True)
class RunLinks:
    """`bases` are what stands before a run's ID in each address."""

    bases: tuple[str, ...] = ()

    @classmethod
    def of(cls, dashboards: Iterable[str], api: str = "") -> Self:
        """Of the targets' dashboards, and of the address at which others reach the API; empty ones lead nowhere."""
        pages = [f"{each.rstrip('/')}/#/jobs/" for each in dashboards if each]
        return cls(tuple(dict.fromkeys([*pages, *([f"{api.rstrip('/')}/ray/jobs/"] if api else [])])))

    def run(self, url: str) -> str | None:
        """The ID of the run that an address leads to; None where it leads to none of ours."""
        for base in self.bases:
            if url[: len(base)].lower() == base.lower() and (found := _RUN.fullmatch(url[len(base) :])):
                return found[1]
        return None

    @property
    def domains(self) -> tuple[str, ...]:
        """Those that Slack can watch for, in order: names with a dot, no addresses of this machine or of a network."""
        names = (urlsplit(base).hostname or "" for base in self.bases)
        return tuple(dict.fromkeys(name for name in names if _is_domain(name)))


def _is_domain(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return "." in name.strip(".")
    return False
