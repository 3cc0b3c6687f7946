"""Turns what came out of a sandbox into an outcome: the verdict from what was observed, the rest from the facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from services.domain.values import Outcome, Verdict
from services.driver.report import UNFINISHED, DriverReport, decode, fill, read
from services.text.formatting import human_bytes, human_seconds, signal_name
from services.validation.attempts import declared
from services.validation.interface import BARE, Setup, ValidationLimits
from services.validation.progress import rest
from services.validation.sandbox import AttemptRecord
from services.validation.watchdog import Excess

_GPU_WAY = "It asked for GPUs. The sealed cluster has virtual GPUs only, so its GPU code was not run."
_CUDA_WAY = "It looked for a CUDA driver. The sealed cluster has none, so its GPU code was not run."
_CUSTOM_WAY = "It asked for custom resources. The sealed cluster has none; what asked for them ran without."
_RAYS_RESOURCES = re.compile(r"CPU|GPU|memory|object_store_memory|(?:node|accelerator_type):.*", re.DOTALL)
_NO_CUDA = re.compile(
    r"no NVIDIA driver|lib(?:cuda|nvidia-ml)\.so|nvidia-smi|/dev/nvidia|cudaErrorNoDevice|cudaErrorInsufficientDriver|no CUDA(?:-capable)? (?:GPUs|device)"
    r"|not compiled with CUDA|CUDA driver version is insufficient|NVML Shared Library Not Found",
    re.IGNORECASE,
)
_DRIVER_FILE = re.compile(r"(?:^|/)lib(?:cuda|nvidia-ml)\.so|^/dev/(?:nvidia|dxg)|^/proc/driver/nvidia")
_DRIVER_TOOL = re.compile(r"(?:^|[/\s])nvidia-smi(?:\s|$)| -l(?:cuda|nvidia-ml)$")
_VIRTUAL = (
    "The sealed cluster has virtual GPUs only, without a CUDA driver. Use the CPU where there is no CUDA."
)
# What the usual clients raise where a name has no address, or nothing responds at it.
_UNREACHED = re.compile(
    r"gaierror|getaddrinfo|name resolution|resolve|Name or service not known|No address associated"
    r"|Network is unreachable|ENETUNREACH|Connection(?:Refused)?Error|Connect(?:ion)?Timeout|ConnectError|URLError"
    r"|ConnectorError|EndpointConnection|Max retries exceeded|dns error|failed to lookup|DNS lookup|Errno -[23]|Errno 101",
    re.IGNORECASE,
)
_NO_ROOM = re.compile(r"\b(?:OutOfDiskError|ObjectStoreFullError)\b")
_SMALL = (
    "the sealed cluster's object store ({has:,} MB) is too small for what the program keeps in it at once."
)
_SMALL_BY = "the sealed cluster's object store is too small by {more:,} MB: it has {has:,} MB, and an object of {size:,} MB was put into it."
_FILLED = (
    "the sealed cluster's object store ({has:,} MB) was full when an object of {size:,} MB was put into it."
)
_LESS_DATA = "Use less data in validation, or ask an operator to raise RAYGEN_VALIDATION_OBJECT_STORE_MB."
_NO_DISK = re.compile(r"\[Errno 28\]|No space left on device")
_SMALL_DISK = "The sealed cluster's own disk is full, not the machine's. Write less in validation."
_BROKEN = "The sealed cluster failed while the program ran."


def conclude(record: AttemptRecord, limits: ValidationLimits, setup: Setup = BARE) -> Outcome:
    """What came of one attempt with `setup`. Facts may say what kind of failure it was, never that there was none."""
    facts_text = decode(record.facts)
    facts = read(facts_text)
    verdict, detail, unproven = _verdict(record, limits, setup.wall)
    if setup.provided.dummies and verdict in {Verdict.PASSED, Verdict.PARTIAL}:
        verdict, unproven = Verdict.PARTIAL, (_dummies(setup.provided.dummies), *unproven)
    if refused := declared(setup.hosts, record.attempted):
        verdict, unproven = _without(refused, verdict, unproven, facts)
    observed = Outcome(
        verdict=verdict,
        stdout=record.stdout.decode("utf-8", "replace"),
        stderr=record.stderr.decode("utf-8", "replace"),
        detail=detail,
        exit_code=record.status,
        wall=round(record.wall, 4),
        peak_memory=record.peak_memory or None,
        truncated=record.truncated,
        remarks=_remarks(verdict, facts, cuda=record.cuda, finished=facts_text is not None),
        unproven=unproven,
        written=record.written,
    )
    filled = fill(observed, facts, cpu=round(record.cpu, 4) or None, artifact_bytes=limits.artifacts)
    return record.attempted.added_to(_without_room(filled, record.unstored, limits))


def _without_room(outcome: Outcome, size: int | None, limits: ValidationLimits) -> Outcome:
    """The outcome; a failure of Ray's for want of room in the object store says that instead of naming the machine's disk.

    `size` is that of the object in MiB, where it is known.
    """
    failure = outcome.failure
    if outcome.verdict is not Verdict.FAILED or failure is None or not _NO_ROOM.search(failure.kind):
        return outcome
    has = limits.object_store // 1024**2  # as the setting has it
    template = _SMALL if size is None else _SMALL_BY if size > has else _FILLED
    sentence = template.format(has=has, size=size, more=(size or 0) - has)
    return replace(outcome, failure=replace(failure, message=f"{sentence} {_LESS_DATA}"))


def _verdict(
    record: AttemptRecord, limits: ValidationLimits, wall: float | None
) -> tuple[Verdict, str | None, tuple[str, ...]]:
    """The verdict, why there is no better one, and what is not proven."""
    if record.excess is not None:
        return _exceeded(record, record.excess, limits, wall)
    if record.status is None:
        return Verdict.KILLED, _BROKEN, ()
    if record.status == 0:
        return Verdict.PASSED, None, ()
    if record.status < 0:
        return Verdict.KILLED, f"Its driver was killed by {signal_name(-record.status)}.", ()
    return Verdict.FAILED, None, ()


def _dummies(dummies: Sequence[tuple[str, str]]) -> str:
    names = ", ".join(name for name, _ in dummies)
    return f"It ran with a dummy for {names}. What depends on the real {'values' if dummies[1:] else 'value'} was not run."


def _without(
    refused: Sequence[str], verdict: Verdict, unproven: tuple[str, ...], facts: DriverReport
) -> tuple[Verdict, tuple[str, ...]]:
    """A program that called hosts that its header declares, which a seal refuses: what it could do otherwise is proven."""
    calls = f"It calls {', '.join(refused)}, which the seal refuses."
    if verdict in {Verdict.PASSED, Verdict.PARTIAL}:
        return Verdict.PARTIAL, (f"{calls} What the response changes was not run.", *unproven)
    failure = facts.failure
    if verdict is Verdict.FAILED and failure and _UNREACHED.search(f"{failure.kind}: {failure.message}"):
        return Verdict.PARTIAL, (f"{calls} What comes after that was not run.",)
    return verdict, unproven


def _stopped(
    record: AttemptRecord, limits: ValidationLimits, wall: float | None
) -> tuple[Verdict, str | None, tuple[str, ...]]:
    """A program that was running when its time was up."""
    ran = human_seconds(record.wall)
    if wall is None:
        advice = "If it takes longer, declare it in the program's header: `wall = 3600` (seconds) in `[tool.raygen]`."
        return Verdict.TIMED_OUT, f"It was stopped after {ran}. {advice}", ()
    expects = human_seconds(wall)
    if wall <= limits.wall:
        return Verdict.TIMED_OUT, f"It was stopped after {ran}; it declares a `wall` of {expects}.", ()
    if not record.progress.made:
        return Verdict.TIMED_OUT, f"It was stopped after {ran}: {record.progress.lacking}.", ()
    return Verdict.PARTIAL, None, (rest(record.wall, wall),)


def _remarks(verdict: Verdict, facts: DriverReport, *, cuda: bool, finished: bool) -> tuple[str, ...]:
    """What explains the outcome besides its verdict; the program's own words never change that."""
    cuda = cuda or _looked_for_driver(facts)
    virtual = (_CUDA_WAY,) if cuda else (_GPU_WAY,) if facts.resources.get("GPU") else ()
    if not all(map(_RAYS_RESOURCES.fullmatch, facts.resources)):
        virtual = (*virtual, _CUSTOM_WAY)
    if verdict is Verdict.PASSED:
        return virtual if finished else (*virtual, UNFINISHED)
    if verdict is Verdict.PARTIAL:
        return virtual
    failure = facts.failure
    if verdict is not Verdict.FAILED or failure is None:
        return ()
    words = f"{failure.kind}: {failure.message}"
    explained = ((_NO_CUDA, _VIRTUAL), (_NO_DISK, _SMALL_DISK))
    return tuple(sentence for pattern, sentence in explained if pattern.search(words))


def _looked_for_driver(facts: DriverReport) -> bool:
    """Whether it looked for a driver by a file's own path or by NVIDIA's tool, which only its own process can report."""
    return any(map(_DRIVER_FILE.search, facts.touched.files)) or any(
        map(_DRIVER_TOOL.search, facts.touched.processes)
    )


def _exceeded(
    record: AttemptRecord, excess: Excess, limits: ValidationLimits, wall: float | None
) -> tuple[Verdict, str | None, tuple[str, ...]]:
    match excess:
        case Excess.WALL:
            return _stopped(record, limits, wall)
        case Excess.HARDWARE:
            asked = (
                record.demand.sentence if record.demand else "It asks for more than the sealed cluster has."
            )
            return Verdict.PARTIAL, None, (f"{asked} What comes after that was not run.",)
        case Excess.MEMORY:
            return Verdict.OUT_OF_MEMORY, f"It took more than {human_bytes(limits.memory)} of memory.", ()
        case Excess.OUTPUT:
            return Verdict.OUTPUT_LIMIT, f"It printed more than {human_bytes(limits.output)}.", ()
        case Excess.PROCESSES:
            return Verdict.KILLED, f"It started more than {limits.processes} processes.", ()
