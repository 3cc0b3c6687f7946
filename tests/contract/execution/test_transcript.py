"""Taking a log apart: any portions, any lines of the user's."""

from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from services.domain.values import Verdict
from services.execution.transcript import Transcript, nonce

ID = "run-1"
BEGIN = f"\x1eraygen:{nonce(ID)} begin 1500\n".encode()
PREAMBLE = b"2026 INFO job_manager.py -- Runtime env is setting up.\nRunning entrypoint for job run-1: x\n"
PIECES = ["\n", "plain", "☃", "\x1e", "\x1eraygen:", f"\x1eraygen:{nonce(ID)}x", "begin\n", "{}"]


def trailer(facts: object) -> bytes:
    return f"\x1eraygen:{nonce(ID)} {json.dumps(facts)}\n".encode()


def portions(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(places)]


@given(
    st.lists(st.sampled_from(PIECES)).map("".join),
    st.lists(st.integers(0, 10_000), max_size=20),
    st.integers(0, 1),
)
def test_any_text_in_any_portions_comes_out_whole(text: str, cuts: list[int], ended: int) -> None:
    log = PREAMBLE + BEGIN + text.encode() + (trailer({"verdict": "passed"}) if ended else b"")
    transcript = Transcript(ID)
    told = "".join(transcript.feed(portion) for portion in portions(log, cuts)) + transcript.close()
    assert told == text
    assert transcript.outcome(Verdict.PASSED).stdout == text
    assert transcript.offset == len(log)
    assert transcript.started == 1500
    assert transcript.facts == ({"verdict": "passed"} if ended else None)


def test_without_a_beginning_nothing_is_the_users() -> None:
    transcript = Transcript(ID)
    assert transcript.feed(PREAMBLE) + transcript.close() == ""
    assert not transcript.begun


def test_what_is_kept_is_bounded_and_what_is_told_is_not() -> None:
    transcript = Transcript(ID, limit=20)
    log = "".join(f"{n}\n" for n in range(100, 200))
    assert transcript.feed(BEGIN + log.encode()) == log
    outcome = transcript.outcome(Verdict.PASSED)
    assert outcome.stdout == "100\n101\n… 96 lines, 384 B left out …\n198\n199\n"
    assert outcome.truncated


def test_bytes_that_are_no_text_are_replaced() -> None:
    transcript = Transcript(ID)
    assert transcript.feed(BEGIN + b"a\xff\xfeb\xe2\x98") == "a\ufffd\ufffdb"
    assert transcript.close() == "\ufffd"


def test_output_is_told_at_once_and_only_a_possible_mark_waits() -> None:
    transcript = Transcript(ID)
    assert transcript.feed(BEGIN + b"42%\x1eray") == "42%"
    assert transcript.feed(b"s") == "\x1erays"


def test_what_workers_say_after_the_facts_is_still_told() -> None:
    transcript = Transcript(ID)
    told = transcript.feed(BEGIN + b"one\n" + trailer({"exit_code": 0}) + b"(task pid=1) two\n")
    assert told + transcript.close() == "one\n(task pid=1) two\n"
    assert transcript.facts == {"exit_code": 0}


def test_a_forged_trailer_hides_nothing_and_the_last_word_counts() -> None:
    transcript = Transcript(ID)
    forged = trailer({"exit_code": 0})
    told = transcript.feed(BEGIN + forged + b"hidden?\n" + trailer({"exit_code": 1})) + transcript.close()
    assert "hidden?\n" in told
    assert forged.decode() in told
    assert transcript.facts == {"exit_code": 1}


def test_a_great_many_facts_are_read_in_portions() -> None:
    transcript = Transcript(ID)
    log = BEGIN + trailer({"artifacts": "x" * 20_000_000})
    for start in range(0, len(log), 65_536):
        assert transcript.feed(log[start : start + 65_536]) == ""
    assert transcript.facts is not None
    assert len(transcript.facts["artifacts"]) == 20_000_000
