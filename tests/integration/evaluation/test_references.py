"""Every case that wants a program can be passed: there is one that does, and what is broken to begin with does not.

A part of them is tried each time; with REFERENCES=all in the environment it is every one, in some minutes: also those whose
packages are downloaded (3 GB for torch from PyPI, unless settings choose a build for CPUs).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot import settings
from bot.evaluation.case import Case
from bot.evaluation.cases import ALL
from bot.evaluation.response import Response
from bot.wiring.environments import packages
from bot.wiring.sandboxes import validating
from services.domain.values import Program
from services.policy import check
from services.supervisor.agent import Conclusion
from services.supervisor.workshop import BuildResult
from services.validation.examine import examine
from services.validation.interface import ValidationLease
from services.validation.packages import Packages

REFERENCES = Path(__file__).parent / "references"
PROGRAMS = [case for case in ALL if case.wants_program]
EVERY = os.environ.get("REFERENCES") == "all"
QUICK = {"repair"}
SLOW = {"timeout", "as_completed", "retries", "serial"}
HANGS = {"deadlock"}


def reference(case: Case) -> str:
    return (REFERENCES / f"{case.name}.py").read_text()


async def failed(
    lease: ValidationLease, case: Case, code: str, packages: Packages | None = None
) -> Sequence[str]:
    async def leased() -> ValidationLease:
        return lease

    examined = await examine(code, check, leased, case.files, packages=packages)
    response = Response(
        Conclusion("", BuildResult(Program("T", "P.", code), examined.outcome, examined.policy))
    )
    return [each.words for each in case.checks if not each.holds(response)]


def test_there_is_a_reference_for_every_case_that_wants_a_program() -> None:
    assert {path.stem for path in REFERENCES.glob("*.py")} == {case.name for case in PROGRAMS}


@pytest.mark.usefixtures("sealed")
@pytest.mark.timeout(600 if EVERY else 180)
async def test_references_pass_their_checks_and_broken_programs_fail_them(tmp_path: Path) -> None:
    tried = [case for case in PROGRAMS if EVERY or (case.group in QUICK and case.name not in SLOW)]
    broken = [case for case in tried if case.group == "repair" and case.current and case.name not in HANGS]
    chosen = settings.load(state_dir=tmp_path)
    installed = packages(chosen)
    async with validating(chosen) as validator:
        async with validator.lease() as lease:
            found = {
                case.name: await failed(lease, case, reference(case), installed)
                for case in tried
                if not case.files
            }
            right = [case.name for case in broken if not await failed(lease, case, case.current)]
        for case in [case for case in tried if case.files]:
            async with validator.lease(inputs=case.files) as lease:
                found[case.name] = await failed(lease, case, reference(case), installed)
    assert {name: words for name, words in found.items() if words} == {}
    assert right == [], "what is broken fails its checks"
    assert len(found) == len(tried) > 10
