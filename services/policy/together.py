"""The policy's findings in a program and its modules, read one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from services.domain import modules
from services.domain.program_header import script
from services.domain.values import Finding, Grade, InputFile, PolicyReport
from services.policy.rules import SEALED, WITH_DATA

_NOT_OF_MODULES = {"empty-program"}
_UNPARSED = "syntax-error"


def together(code: str, files: Iterable[InputFile], check: Callable[[str], PolicyReport]) -> PolicyReport:
    """What `check` says of `code` and of each Python file in `files`, whose findings name it."""
    report = check(code)
    own = modules.names(files := tuple(files))
    for file in modules.modules(files):
        report = _joined(report, check(modules.source(file.content)), file.name)
    if script(code).data:
        report = replace(report, findings=tuple(_with_data(finding) for finding in report.findings))
    if not own:
        return report
    return replace(
        report, imports=tuple(name for name in report.imports if name.partition(".")[0] not in own)
    )


def _joined(report: PolicyReport, other: PolicyReport, file: str) -> PolicyReport:
    found = [_of_module(finding, file) for finding in other.findings if finding.rule not in _NOT_OF_MODULES]
    resources = dict(report.resources)
    for name, amount in other.resources.items():
        resources[name] = max(amount, resources.get(name, 0.0))
    return PolicyReport(
        findings=(*report.findings, *found),
        imports=tuple(sorted({*report.imports, *other.imports})),
        files=_both(report.files, other.files),
        hosts=_both(report.hosts, other.hosts),
        processes=_both(report.processes, other.processes),
        environment=_both(report.environment, other.environment),
        resources=resources,
    )


def _of_module(finding: Finding, file: str) -> Finding:
    """As it counts for a module: one that can't be parsed can't be imported either, but its program may only read it."""
    grade = Grade.WARN if finding.rule == _UNPARSED else finding.grade
    return replace(finding, file=file, grade=grade)


def _with_data(finding: Finding) -> Finding:
    """Programs find the data that they declare in validation, a database too."""
    if not finding.message.endswith(SEALED):
        return finding
    return replace(finding, message=finding.message.removesuffix(SEALED) + WITH_DATA)


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
