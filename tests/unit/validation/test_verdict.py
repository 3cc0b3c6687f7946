"""A verdict is what was observed from outside; whatever a program says of itself never turns it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.values import Verdict
from services.supervisor.evidence import plain
from services.validation.attempts import Attempted
from services.validation.demands import demand
from services.validation.inside.object_store import StoreWatch
from services.validation.interface import Provided, Setup, ValidationLimits
from services.validation.pool import PoolSettings, affordable
from services.validation.progress import Progress
from services.validation.sandbox import AttemptRecord
from services.validation.verdict import conclude
from services.validation.watchdog import Excess

LIMITS = ValidationLimits()
KEYS = st.sampled_from(
    [
        "exit_code",
        "value",
        "failure",
        "missing_module",
        "wall",
        "cpu",
        "peak_memory",
        "tasks",
        "resources",
        "touched",
        "artifacts",
        "dropped",
        "verdict",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CLAIMS = st.dictionaries(KEYS, ANYTHING, max_size=8)


@given(CLAIMS, st.integers(-64, 255))
def test_claims_never_turn_a_verdict_into_a_pass_or_a_pass_into_a_failure(claims: Any, status: int):
    outcome = conclude(AttemptRecord(facts=json.dumps(claims).encode(), status=status), LIMITS)
    assert outcome.passed == (status == 0)
    assert outcome.exit_code == status


@given(CLAIMS, st.sampled_from([each for each in Excess if each is not Excess.HARDWARE]))
def test_what_was_exceeded_is_the_verdict(claims: Any, excess: Excess):
    outcome = conclude(AttemptRecord(facts=json.dumps(claims).encode(), status=0, excess=excess), LIMITS)
    assert outcome.verdict in {
        Verdict.TIMED_OUT,
        Verdict.OUT_OF_MEMORY,
        Verdict.OUTPUT_LIMIT,
        Verdict.KILLED,
    }


LONG = 7200.0
MOVING = Progress(window=30.0, wrote=True)


@pytest.mark.parametrize(
    ("progress", "wall", "expected"),
    [
        (MOVING, LONG, Verdict.PARTIAL),
        (Progress(window=30.0, finished=True), LONG, Verdict.PARTIAL),
        (Progress(window=30.0, cpu=20.0), LONG, Verdict.PARTIAL),
        (Progress(window=30.0, cpu=1.0), LONG, Verdict.TIMED_OUT),
        (Progress(), LONG, Verdict.TIMED_OUT),
        (MOVING, None, Verdict.TIMED_OUT),
        (MOVING, LIMITS.wall, Verdict.TIMED_OUT),
    ],
)
def test_a_long_program_is_partial_only_while_it_makes_progress(
    progress: Progress, wall: float | None, expected: Verdict
):
    record = AttemptRecord(excess=Excess.WALL, wall=60.0, progress=progress)
    outcome = conclude(record, LIMITS, Setup(wall=wall))
    assert (outcome.verdict, bool(outcome.unproven)) == (expected, expected is Verdict.PARTIAL)
    assert outcome.approvable == (expected is Verdict.PARTIAL)
    if wall is None:
        assert "wall = 3600" in (outcome.detail or "")


@pytest.mark.parametrize("status", [1, -9])
def test_a_program_that_declares_hours_and_fails_has_failed(status: int):
    record = AttemptRecord(status=status, progress=MOVING)
    assert not conclude(record, LIMITS, Setup(wall=LONG)).approvable


CALLS = Attempted(names=("API.example.com",), addresses=("10.1.2.3:443",))
UNREACHED = {
    "failure": {"kind": "URLError", "message": "<urlopen error [Errno -2] Name or service not known>"}
}
BROKEN = {"failure": {"kind": "ZeroDivisionError", "message": "division by zero"}}


@pytest.mark.parametrize(
    ("hosts", "status", "claims", "expected"),
    [
        (("api.example.com",), 1, UNREACHED, Verdict.PARTIAL),
        (("*.example.com",), 1, UNREACHED, Verdict.PARTIAL),
        (("api.example.com:443",), 0, {}, Verdict.PARTIAL),
        (("10.1.2.3",), 1, UNREACHED, Verdict.PARTIAL),
        (("10.1.2.3:443",), 0, {}, Verdict.PARTIAL),
        (("10.1.2.3:80",), 0, {}, Verdict.PASSED),
        (("other.example.com",), 1, UNREACHED, Verdict.FAILED),
        (("*.ample.com",), 1, UNREACHED, Verdict.FAILED),
        ((), 1, UNREACHED, Verdict.FAILED),
        (("api.example.com",), 1, BROKEN, Verdict.FAILED),
        (("api.example.com",), 1, {}, Verdict.FAILED),
        (("api.example.com",), -9, UNREACHED, Verdict.KILLED),
    ],
)
def test_a_refused_host_is_partial_only_where_it_was_declared_and_seen(
    hosts: tuple[str, ...], status: int, claims: dict[str, object], expected: Verdict
):
    record = AttemptRecord(status=status, facts=json.dumps(claims).encode(), attempted=CALLS)
    outcome = conclude(record, LIMITS, Setup(hosts=hosts))
    assert outcome.verdict is expected
    assert bool(outcome.unproven) == (expected is Verdict.PARTIAL)
    assert all(host in " ".join(outcome.unproven) for host in hosts if outcome.unproven)


def test_a_program_that_only_claims_to_have_met_a_refused_host_has_failed():
    record = AttemptRecord(status=1, facts=json.dumps(UNREACHED).encode())
    assert conclude(record, LIMITS, Setup(hosts=("api.example.com",))).verdict is Verdict.FAILED


def test_too_much_hardware_is_partial_and_says_what_was_asked():
    note = [
        "infeasible",
        {"what": "task", "nodes": 1, "asked": {"GPU": 8.0}, "has": {"GPU": 4.0}},
    ]
    record = AttemptRecord(excess=Excess.HARDWARE, demand=demand(json.dumps(note).encode()))
    outcome = conclude(record, LIMITS)
    assert outcome.verdict is Verdict.PARTIAL
    assert outcome.unproven == (
        "It asks for 8 GPUs on one node; the sealed cluster has 4 virtual GPUs. What comes after that was not run.",
    )


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            {"what": "PACK", "asked": {"GPU": 8, "CPU": 64}, "has": {"GPU": 4, "CPU": 8}},
            "It asks for a placement group of 64 CPUs and 8 GPUs; the sealed cluster has 8 CPUs and 4 virtual GPUs.",
        ),
        (
            {"what": "task", "asked": {"accelerator_type:H100": 0.001}, "has": {}},
            "It asks for the accelerator type H100; the sealed cluster has none.",
        ),
        (
            {"what": "STRICT_SPREAD", "nodes": 3, "asked": {}},
            "It asks for a placement group on 3 nodes; the sealed cluster has one node.",
        ),
    ],
)
def test_a_demand_is_a_sentence(found: object, sentence: str):
    reported = demand(json.dumps(["infeasible", found]).encode())
    assert reported is not None
    assert reported.sentence == sentence


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b"3", b'["name", "a.b"]', b'["infeasible", []]'])
def test_another_note_is_no_demand(note: bytes):
    assert demand(note) is None


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ({"kind": "RuntimeError", "message": "Found no NVIDIA driver on your system."}, "virtual GPUs only"),
        ({"kind": "OSError", "message": "[Errno 28] No space left on device"}, "own disk is full"),
    ],
)
def test_what_the_seal_lacks_is_explained_and_stays_a_failure(failure: object, words: str):
    claims = {"failure": failure}
    outcome = conclude(AttemptRecord(facts=json.dumps(claims).encode(), status=1), LIMITS)
    assert outcome.verdict is Verdict.FAILED
    assert any(words in remark for remark in outcome.remarks)


@pytest.mark.parametrize(
    ("unstored", "words"),
    [
        (None, "the sealed cluster's object store (256 MB) is too small for"),
        (
            573,
            "the sealed cluster's object store is too small by 317 MB: it has 256 MB, and an object of 573 MB was",
        ),
        (16, "the sealed cluster's object store (256 MB) was full when an object of 16 MB was put into it."),
    ],
)
def test_a_full_object_store_is_not_reported_as_a_full_disk(unstored: int | None, words: str):
    claims = {
        "failure": {"kind": "OutOfDiskError", "message": "Local disk is full\nThe object cannot be created"}
    }
    record = AttemptRecord(facts=json.dumps(claims).encode(), status=1, unstored=unstored)
    outcome = conclude(record, LIMITS)
    assert (outcome.verdict, outcome.remarks) == (Verdict.FAILED, ())
    assert plain(outcome).startswith(f"OutOfDiskError: {words}")
    assert plain(outcome).endswith("or ask an operator to raise RAYGEN_VALIDATION_OBJECT_STORE_MB")


def test_the_object_that_found_no_room_is_the_last_in_the_raylets_log(tmp_path: Path):
    log = tmp_path / "raylet.out"
    assert StoreWatch(log).unstored() is None
    log.write_text("")
    watch = StoreWatch(log)
    watch.begin()
    assert watch.unstored() is None
    line = "create_request_queue.cc:141: Out-of-disk: Failed to create object 00ff01e1f505 of size {}MB\n"
    log.write_text(line.format(3) + line.format(572))
    assert watch.unstored() == 573
    watch.begin()
    assert watch.unstored() is None
    with log.open("a") as file:
        file.write(line.format(7))
    log.rename(tmp_path / "old")
    os.mkfifo(log)
    assert watch.unstored() == 8, "what a program puts in its place is not waited for"


@pytest.mark.parametrize(
    "facts",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b"{",
        b'{"exit_code": NaN}',
        b"[" * 100_000,
        b"\xff",
        b'{"artifacts": [{}]}',
    ],
)
def test_broken_claims_are_no_claims(facts: bytes):
    outcome = conclude(AttemptRecord(facts=facts, status=1, stdout=b"said\xff"), LIMITS)
    assert (outcome.verdict, outcome.value, outcome.failure) == (Verdict.FAILED, None, None)
    assert outcome.stdout == "said\ufffd"


@pytest.mark.parametrize("name", ["../../x", "a/b", "..", "", "x\n\u202ey", "C:\\x", "." * 10])
def test_a_claimed_file_has_a_bare_name(name: str):
    claims = {"artifacts": [{"name": name, "media_type": "text/plain", "content": "eA=="}] * 2}
    outcome = conclude(AttemptRecord(facts=json.dumps(claims).encode(), status=0), LIMITS)
    names = [artifact.name for artifact in outcome.artifacts]
    assert len(set(names)) == len(names)
    assert all(shown.isprintable() and "/" not in shown and shown.strip(".") for shown in names)


def test_claimed_files_have_limited_room():
    content = "A" * 4000
    claims = {"artifacts": [{"name": "a", "media_type": "text/plain", "content": content}] * 10}
    outcome = conclude(
        AttemptRecord(facts=json.dumps(claims).encode(), status=0), ValidationLimits(artifacts=7000)
    )
    assert sum(artifact.size for artifact in outcome.artifacts) <= 7000
    assert len(outcome.artifacts) == 2


def test_a_pool_never_plans_with_more_memory_than_there_is():
    planned = affordable(PoolSettings(size=10**6, most=10**6))
    assert 1 <= planned.size < 1000
    assert planned.most == planned.size
    tiny = affordable(PoolSettings(limits=ValidationLimits(memory=2**60)))
    assert (tiny.size, tiny.most) == (1, 1)
    assert affordable(PoolSettings(size=0)).size == 0


@pytest.mark.parametrize(("status", "verdict"), [(0, Verdict.PASSED), (1, Verdict.FAILED)])
def test_that_cuda_was_looked_for_adds_a_caution_and_excuses_nothing(status: int, verdict: Verdict):
    outcome = conclude(AttemptRecord(facts=b"{}", status=status, cuda=True), LIMITS)
    assert (outcome.verdict, outcome.unproven) == (verdict, ())
    assert any("CUDA driver" in remark for remark in outcome.remarks) == outcome.passed


@pytest.mark.parametrize(
    ("touched", "cautions"),
    [
        ({"files": ["/usr/lib/x86_64-linux-gnu/libcuda.so.1"]}, 1),
        ({"files": ["/usr/lib/wsl/lib/libnvidia-ml.so.1"]}, 1),
        ({"files": ["/dev/nvidia0"]}, 1),
        ({"files": ["/proc/driver/nvidia/version"]}, 1),
        ({"processes": ["nvidia-smi"]}, 1),
        ({"processes": ["ld -lcuda"]}, 1),
        ({"processes": ["/bin/sh", "nvidia-smi -L"]}, 1),
        ({"files": ["/data/libcuda.csv", "/devices/nvidia0"], "processes": ["my-nvidia-smi-notes"]}, 0),
    ],
)
def test_a_driver_looked_for_by_its_path_or_tool_adds_the_same_caution(touched: object, cautions: int):
    remarks = conclude(
        AttemptRecord(facts=json.dumps({"touched": touched}).encode(), status=0), LIMITS
    ).remarks
    assert sum("CUDA driver" in remark for remark in remarks) == cautions


@pytest.mark.parametrize(("name", "cautions"), [("fpga", 1), ("CPU", 0), ("node:10.0.0.1", 0), ("GPUs", 1)])
def test_custom_resources_add_a_caution(name: str, cautions: int):
    facts = json.dumps({"resources": {name: 1}}).encode()
    remarks = conclude(AttemptRecord(facts=facts, status=0), LIMITS).remarks
    assert sum("custom resources" in remark for remark in remarks) == cautions


def test_what_ran_with_a_dummy_is_proven_in_part():
    setup = Setup(provided=Provided(dummies=(("API_KEY", "x"), ("HF_TOKEN", "y"))))
    outcome = conclude(AttemptRecord(status=0), LIMITS, setup)
    assert outcome.verdict is Verdict.PARTIAL
    assert outcome.unproven == (
        "It ran with a dummy for API_KEY, HF_TOKEN. What depends on the real values was not run.",
    )
    assert conclude(AttemptRecord(status=1), LIMITS, setup).verdict is Verdict.FAILED
