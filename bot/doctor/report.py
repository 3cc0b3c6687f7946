"""Findings as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from bot.doctor.finding import Finding
from services.text.formatting import plural


def as_table(findings: Sequence[Finding]) -> str:
    width = max(len(finding.part) for finding in findings)
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{'ok ' if finding.ok else 'NO '} {finding.part:<{width}} {finding.found}")
        if finding.advice:
            lines.append(f"{'':{width + 4}} → {finding.advice}")
    wrong = sum(not finding.ok for finding in findings)
    lines += ["", f"{plural(wrong, 'problem')} found." if wrong else "No problems found."]
    return "\n".join(lines)


def as_json(findings: Sequence[Finding]) -> str:
    """One object: `ok`, and the fields of each finding under `parts`."""
    return json.dumps({"ok": all(f.ok for f in findings), "parts": [asdict(f) for f in findings]}, indent=2)
