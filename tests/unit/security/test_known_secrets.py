"""The secrets of a run in its output: masked in every usual form, and wherever the output is cut."""

from __future__ import annotations

import base64
import html
import json
import random
import re
from urllib.parse import quote, quote_plus

import pytest

from services.domain.checkpoints import CheckpointFile, LeftFiles
from services.domain.values import Artifact, Failure, Outcome, Table, Verdict
from services.security.known_secrets import KnownSecrets

VALUE = 'p4ss/word+"ünd"&more?=42'
KNOWN = KnownSecrets({"KEY": VALUE, "SHORT": "pin7"})
JSON = json.dumps({"user": "scorer-bot", "deep": [{"password": "hunter2-hunter2"}], "port": 5432}, indent=1)
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "form",
    [
        VALUE,
        quote(VALUE),
        quote(VALUE, safe=""),
        quote_plus(VALUE),
        re.sub(r"%..", lambda code: code[0].lower(), quote(VALUE, safe="")),
        json.dumps(VALUE),
        json.dumps(VALUE, ensure_ascii=False),
        json.dumps({"a": {"key": VALUE}}),
        repr({"key": VALUE}),
        repr(VALUE.encode()),
        html.escape(VALUE),
        VALUE.encode().hex(),
        VALUE.encode().hex().upper(),
        base64.b64encode(VALUE.encode()).decode(),
        base64.urlsafe_b64encode(VALUE.encode()).decode(),
        *(base64.b64encode(f"{'u' * n}:{VALUE}|rest".encode()).decode() for n in range(6)),
    ],
)
def test_each_usual_form_is_masked(form: str):
    masked = KNOWN.masked(f"before {form} after")
    assert "[secret KEY]" in masked
    for part in (VALUE, VALUE[2:-2], form.strip("'\"")[6:-6]):
        assert part not in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (JSON, "password is hunter2-hunter2"),
        (PEM, "[job 3] MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"),
        (f"{VALUE}\n", VALUE),
        ("postgresql://scorer:s3cr3tpassw0rd@db:5432/sales", "connecting with s3cr3tpassw0rd"),
    ],
)
def test_what_is_secret_by_itself_is_masked(value: str, printed: str):
    assert "[secret KEY]" in KnownSecrets({"KEY": value}).masked(printed)


def test_a_short_one_is_masked_as_it_stands_alone():
    assert KNOWN.masked("the pin7 is cGluNw==") == "the [secret SHORT] is cGluNw=="


def test_a_mask_is_never_masked_again():
    known = KnownSecrets({"secret": "secret", "ABCDE": "ABCDE"})
    assert known.masked("secret ABCDE") == "[secret secret] [secret ABCDE]"


def test_of_two_the_longer_one_is_meant():
    known = KnownSecrets({"A": "tokentoken", "B": "tokentoken-and-more"})
    assert known.masked("tokentoken tokentoken-and-more") == "[secret A] [secret B]"
    stream = known.stream()
    assert stream.feed("tokentoken") + stream.feed("-and-more.") + stream.close() == "[secret B]."


@pytest.mark.parametrize("seed", range(30))
def test_however_a_stream_is_cut(seed: int):
    chosen = random.Random(seed)
    known = KnownSecrets({"A": "aabaabaabaac", "B": VALUE, "C": "abaabaab"})
    words = ["aabaabaabaac", "aabaab", VALUE, VALUE[:9], "abaabaab", "\n", "plain ", json.dumps(VALUE)]
    text = "".join(chosen.choices(words, k=60))
    stream, shown, at = known.stream(), "", 0
    while at < len(text):
        size = chosen.choice([1, 2, 3, 7, 30])
        shown += stream.feed(text[at : at + size])
        assert VALUE not in shown
        at += size
    shown += stream.close()
    assert shown == known.masked(text)


def test_a_stream_shows_at_once_what_can_be_no_secret():
    stream = KNOWN.stream()
    assert stream.feed("Epoch 1: loss 0.5\n") == "Epoch 1: loss 0.5\n"


def test_what_is_cut_off_in_the_middle_of_one_is_masked_as_well():
    assert KNOWN.masked(f"x{VALUE[:15]}… and …{VALUE[8:]}y") == "x[secret KEY]… and …[secret KEY]y"
    assert KNOWN.masked(VALUE[:15]) == "[secret KEY]"
    assert KNOWN.masked(VALUE[5:]) == "[secret KEY]"


def test_every_text_of_an_outcome_is_masked():
    outcome = Outcome(
        verdict=Verdict.FAILED,
        stdout=f"a {VALUE}\n",
        stderr=VALUE,
        value=repr(VALUE),
        failure=Failure("ValueError", f"bad key {VALUE}", traceback=f"line\n{VALUE}"),
        detail=VALUE,
        artifacts=(
            Artifact("a.csv", "text/csv", f"key,{VALUE}\n".encode()),
            Artifact("b.txt", "text/plain", VALUE.encode("utf-16")),
            Artifact("c.bin", "application/octet-stream", b"\0\1" + VALUE.encode() + b"\0"),
            Artifact("d.bin", "application/octet-stream", b"\0\1harmless\0"),
        ),
        table=Table(("key", VALUE), ((VALUE, "1"),), 1, 2),
        remarks=(VALUE,),
    )
    found = KNOWN.outcome(outcome)
    assert VALUE not in repr(found)
    assert json.dumps(VALUE) not in repr(found)
    assert [each.name for each in found.artifacts] == ["a.csv", "b.txt", "d.bin"]
    for each in found.artifacts:
        assert VALUE.encode() not in each.content
        assert VALUE.encode("utf-16-le") not in each.content
    assert found.artifacts[0].content == b"key,[secret KEY]\n"
    assert "c.bin isn't kept, since it contains the secret KEY." in found.remarks


def test_checkpoints_with_one_are_left_out():
    files = (CheckpointFile("a.pt", b"\0state"), CheckpointFile("b.pt", b"\0" + VALUE.encode()))
    left = KNOWN.left(LeftFiles(files, 1, 10))
    assert [each.name for each in left.files] == ["a.pt"]
    assert (left.left_out, left.left_out_size) == (2, 10 + len(files[1].content))


def test_without_secrets_everything_stays():
    outcome = Outcome(verdict=Verdict.PASSED, stdout="x… y")
    assert KnownSecrets({}).outcome(outcome) is outcome
    assert KnownSecrets({}).masked("x… y") == "x… y"
    assert KnownSecrets({}).stream().feed("abc") == "abc"
