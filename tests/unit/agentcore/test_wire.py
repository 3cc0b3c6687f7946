"""What travels to AgentCore and back arrives as it was, and what is not ours is refused."""

from __future__ import annotations

import io
import re

import pytest

from services.agentcore import errors as hop
from services.agentcore.client import Address
from services.agentcore.invocation import _lines
from services.agentcore.remote import session_id
from services.agentcore.wire import (
    Account,
    AttemptEvent,
    Cancel,
    Concluded,
    Event,
    FailedEvent,
    Inspection,
    Spending,
    Staged,
    Words,
    Work,
    as_line,
    failure,
    raised,
    read_line,
    read_request,
)
from services.domain import errors
from services.domain.checkpoints import CheckpointFile, Resumed
from services.domain.locks import Lock, LockedPackage
from services.domain.parameters import Given, Parameter
from services.domain.progress import Phase, Stage
from services.domain.values import (
    Artifact,
    Attempt,
    Finding,
    Grade,
    InputFile,
    Origin,
    PolicyReport,
    Spent,
)
from services.llm.interface import Text, ToolCall, ToolResult, Turn
from services.supervisor.interface import Briefing
from services.supervisor.memory import Memory
from services.supervisor.meter import Budget, Price
from services.supervisor.workshop import BuildResult, Tried
from tests.builders import ADD, passed
from tests.standins.agentcore import ARN, TERMS

EVERY_BYTE = bytes(range(256))
PICTURE = Artifact("plot.png", "image/png", EVERY_BYTE)
POLICY = PolicyReport(findings=(Finding("network", Grade.WARN, 3, "opens a connection"),), imports=("ray",))
MADE = BuildResult(
    ADD, passed(artifacts=(PICTURE,)), POLICY, 2, "m", "", (Attempt("x", passed()),), "generator-ray@2"
)
TURNS = (
    Turn("user", (Text("hello"),)),
    Turn(
        "assistant", (Text("I'll look."), ToolCall("c", "run_python", {"code": "1", "deep": [{"a": None}]}))
    ),
    Turn("user", (ToolResult("c", "1", is_error=True),)),
)
BRIEFING = Briefing(
    "add 1 and 2 ✓",
    "Ada",
    Memory(TURNS, "<earlier>…</earlier>"),
    ADD,
    ["Ada: hello"],
    [InputFile("data.bin", EVERY_BYTE)],
    "<last_run/>",
    Origin("s_1", "t_1"),
    given=Given(values={"rows": 7}, arguments=("--more",)),
    declared=(Parameter(name="rows", default=10, min=1),),
)
ACCOUNT = Account(
    budget=Budget(1000, 0.5, 60), prices={"m": Price(3, 15)}, spent=Spent(calls=1, money=0.1), deadline=90
)
EVENTS: list[Event] = [
    Staged(stage=Stage(Phase.REPAIRING, 2, "ValueError: no")),
    Words(text="so far\nand \u2028 on"),
    AttemptEvent(tried=Tried(1, ADD)),
    AttemptEvent(tried=Tried(1, None, passed(), POLICY)),
    Spending(spent=Spent(calls=2, models=("m",), money=None)),
    Concluded(text="Done.", made=MADE),
    Concluded(text="42"),
    FailedEvent(kind="BudgetSpent", sentence="It is spent."),
]


@pytest.mark.parametrize(
    "wish",
    [
        BRIEFING,
        Inspection(
            program=ADD,
            files=tuple(BRIEFING.files),
            origin=Origin(),
            resumed=Resumed(
                checkpoints=(CheckpointFile("a/b", EVERY_BYTE, 5),),
                lock=Lock(
                    requirements="polars==1.0", packages=(LockedPackage(name="polars", version="1.0"),)
                ),
            ),
        ),
    ],
)
def test_a_request_arrives_as_it_was(wish: Briefing | Inspection):
    work = Work(wish=wish, terms=TERMS, account=ACCOUNT)
    assert read_request(work.model_dump_json()) == work


def test_what_calls_work_off_is_no_work():
    assert read_request(Cancel(cancel="t_1").model_dump_json()) == Cancel(cancel="t_1")


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"prompt": "hello"}', '{"cancel": ""}', "null", '{"version": 3}']
)
def test_a_request_of_another_shape_is_refused_in_one_line(text: str):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        read_request(text)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event)
def test_an_event_arrives_as_it_was_and_takes_one_line(event: Event):
    line, *rest = as_line(event).split(b"\n")
    assert rest == [b"", b""]
    assert read_line(line) == event


@pytest.mark.parametrize(
    "line", [b"", b": a comment", b"event: message", b"id: 7", b"retry: 10"], ids=lambda line: line.decode()
)
def test_lines_without_data_carry_no_event(line: bytes):
    assert read_line(line) is None


@pytest.mark.parametrize(
    "line", [b"data: 7", b'data: {"event": "other"}', b'data: {"error": "no"}', b"<html>", b"data: {"]
)
def test_a_line_that_is_not_ours_is_refused(line: bytes):
    with pytest.raises(ValueError, match=r"."):
        read_line(line)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.ModelBusy("It is busy.", retry_after=3), errors.ModelBusy),
        (errors.SealUnavailable(), errors.SealUnavailable),
        (errors.BudgetSpent("Spent."), errors.BudgetSpent),
        (hop.RuntimeBusy(), errors.RaygenError),
    ],
)
def test_an_error_arrives_with_its_kind_and_its_sentence(error: errors.RaygenError, kind: type[Exception]):
    arrived = raised(failure(error))
    assert type(arrived) is kind
    assert arrived.public == error.public


def test_an_error_of_a_kind_that_only_the_other_side_knows_keeps_its_sentence():
    assert raised(FailedEvent(kind="Later", sentence="Not yet.")).public == "Not yet."


@pytest.mark.parametrize("thread", ["", "s_1", "CRAY:100.1", "ü" * 1000])
def test_a_session_id_is_stable_and_what_aws_takes(thread: str):
    assert session_id(thread) == session_id(thread)
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9-_]{32,255}", session_id(thread))
    assert session_id(thread) != session_id(thread + "1")


def test_a_runtime_is_known_by_its_arn():
    assert (Address(ARN).region, Address(ARN).id) == ("eu-west-1", "raygen-abcdef1234")


@pytest.mark.parametrize(
    "arn", ["", "raygen", "arn:aws:lambda:eu-west-1:1:function:f", ARN.replace("runtime", "memory")]
)
def test_what_is_no_runtimes_arn_is_refused(arn: str):
    with pytest.raises(errors.SettingsError, match="RAYGEN_AGENTCORE_ARN"):
        Address(arn)


class Dripping(io.BytesIO):
    """A stream that has seven bytes at a time."""

    def read1(self, _: int | None = -1, /) -> bytes:
        return super().read1(7)


def test_lines_come_whole_out_of_pieces():
    assert list(_lines(Dripping(b"data: first\r\n\ndata: second, longer\nrest"))) == [
        *(b"data: first", b"", b"data: second, longer", b"rest"),
    ]


def test_a_long_line_takes_no_longer_than_its_bytes():
    class Stream(io.BytesIO):
        def read1(self, _: int | None = -1, /) -> bytes:
            return super().read1(65_536)

    long = b"x" * (16 * 1024**2)
    (line,) = _lines(Stream(long + b"\n"))
    assert line == long
