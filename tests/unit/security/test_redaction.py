"""Secrets are masked by their shape, in time that grows with the text, and what runs stays as it was written."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.values import Artifact, Failure, Frame, Table, Verdict
from services.security.redaction import (
    hidden,
    masked,
    masks_in,
    masks_in_file,
    restored,
    without_secrets,
)
from tests import builders

# Put together here, so that nobody's scanner takes this file for a leak.
BODY = "MIIEpAIBAAKCAQEAq4Zx3Yw8" * 2
SECRETS = {
    "AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "Slack token": "xox" + "b-123456789012-abcdefABCDEF",
    "Anthropic key": "sk-" + "ant-api03-abcdefghijklmnop_qrst",
    "GitHub token": "gh" + "p_abcdefghijklmnopqrstuvwxyz0123456789",
    "GitLab token": "glpat" + "-abcdefghij0123456789",
    "Google API key": "AI" + "zaSyA1234567890abcdefghijklmnopqrstuv",
    "Stripe key": "sk_" + "live_abcdefghij0123456789",
    "Hugging Face token": "hf" + "_abcdefghijklmnopqrstuvwxyz0123456789",
    "package token": "npm" + "_abcdefghijklmnopqrstuvwxyz0123456789",
    "API key": "sk-" + "proj-abcdefghijklmnop-qrstuvwxyz",
    "JWT": "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "private key": f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{BODY}\n{BODY}\nab12==\n-----END RSA PRIVATE KEY-----",
}
PARTS = {
    "AWS secret key": ("aws_secret_access_key = '{}'", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    "Azure key": ("EndpointSuffix=x;AccountKey={};", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH=="),
    "authorization header": ("Authorization: Bearer {}", "abcdefghij0123456789"),
    "password": ("postgresql://raygen:{}@db.internal:5432/raygen", "hunter2"),
    "Slack webhook": ("https://hooks.slack.com/services/{}", "T00000000/B00000000/XXXXXXXXXXXXXXXX"),
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_replaced_by_its_kind(kind: str):
    text = f"before {SECRETS[kind]} after"
    assert masked(text) == f"before [masked: {kind}] after"
    assert masks_in(masked(text)) == (kind,)
    assert SECRETS[kind] not in masked(f'{{"token":"{SECRETS[kind]}"}}')


@pytest.mark.parametrize("kind", PARTS)
def test_of_an_address_or_a_header_only_the_secret_goes(kind: str):
    pattern, secret = PARTS[kind]
    assert masked(pattern.format(secret)) == pattern.format(f"[masked: {kind}]")


def test_a_private_key_is_found_in_code_and_without_its_end():
    key = SECRETS["private key"]
    assert BODY not in masked(f"KEY = {key!r}")
    lines = key.split("\n")
    quoted = "KEY = (" + "\n  ".join(f'"{line}\\n"' for line in lines) + ")"
    assert BODY not in masked(quoted)
    cut = masked("\n".join(lines[:3]) + "\nNothing else is lost.")
    assert BODY not in cut
    assert cut.endswith("Nothing else is lost.")
    encrypted = key.replace(
        "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB12\n\n", 1
    )
    assert BODY not in masked(encrypted)


@pytest.mark.parametrize(
    "text",
    [
        "Result: 3.14159 with 100 tasks",
        "the bearer responsibilities of this office",
        "http://127.0.0.1:8265/#/jobs/raygen-5f0c",
        "see https://docs.ray.io/en/latest/ray-core@2.60",
        "ghost_writers_and_github_pages",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "task-sk-analysis of the risk-averse",
        "password = getpass()",
        "def f(password=None): ...",
    ],
)
def test_ordinary_text_stays(text: str):
    assert masked(text) == text


PIECES = st.lists(
    st.sampled_from(
        [
            *SECRETS.values(),
            *(pattern.format(secret) for pattern, secret in PARTS.values()),
            *(" ", "\n", "a", "-", "@", "://", "eyJ", "[masked: JWT]", "'"),
        ]
    ),
    max_size=6,
).map(" ".join)


@given(PIECES)
def test_masking_twice_changes_nothing(text: str):
    assert masked(masked(text)) == masked(text)


@given(PIECES)
def test_what_is_hidden_to_be_edited_comes_back_as_it_was(text: str):
    assert restored(hidden(text), text) == text or "[masked: " in text


def test_an_edit_around_a_secret_keeps_it():
    code = f"token = '{SECRETS['Slack token']}'\nkey = '{SECRETS['AWS access key']}'\n"
    shown = hidden(code)
    assert shown == "token = '[masked: Slack token #1]'\nkey = '[masked: AWS access key #2]'\n"
    one, two, _ = shown.split("\n")
    swapped = restored(f"{two}\nprint(1)\n{one}\n", code)
    assert swapped == f"key = '{SECRETS['AWS access key']}'\nprint(1)\ntoken = '{SECRETS['Slack token']}'\n"


HARD = [
    "eyJ" + "a" * 50,
    "-eyJ" + "a" * 10 + ".",
    "eyJ" + "a" * 12 + ".eyJ",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY----- \n ",
    "-----BEGIN PRIVATE KEY-----\nabcd: ",
    "bearer ",
    "Bearer a",
    "Authorization: ",
    "://",
    "://a:b",
    "a:b@",
    "xoxb-",
    "sk-",
    "sk-ant-",
    "gh",
    "AKIA",
    "aws_secret_access_key=",
    "password=",
    " pwd=a",
    "AccountKey=a",
    "PRIVATE ://  eyJ xox sk- gh AIza bearer ASIA _live_ hf_ npm_ assword= ecret",
    " ",
    "A",
    "é😀",
]


@pytest.mark.parametrize("piece", HARD)
def test_a_megabyte_of_anything_takes_a_moment(piece: str):
    began = time.process_time()
    masked(piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 4


@given(st.lists(st.sampled_from(HARD), min_size=1, max_size=4).map("".join))
@settings(deadline=None, max_examples=50)
def test_whatever_is_repeated_the_time_grows_with_the_length_only(piece: str):
    began = time.process_time()
    masked(piece * (50_000 // len(piece)))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.yaml", "application/yaml"),
        ("a.log", "application/octet-stream"),
        (".env", "application/octet-stream"),
        ("a.svg", "image/svg+xml"),
        ("a.xml", "application/xml"),
        ("a.ipynb", "application/x-ipynb+json"),
        ("a", ""),
    ],
)
def test_a_file_of_text_loses_its_secrets_whatever_it_is_called(name: str, media_type: str):
    secret = SECRETS["GitHub token"]
    for encoding in ("utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-32"):
        whole = Artifact(name, media_type, f"für alle: {secret}\n".encode(encoding))
        clean = without_secrets(whole)
        assert clean.content == "für alle: [masked: GitHub token]\n".encode(encoding)
        assert masks_in_file(clean.content) == ("GitHub token",)
        assert not masks_in_file(whole.content)


def test_a_file_that_is_no_text_stays_byte_for_byte():
    secret = SECRETS["GitHub token"].encode()
    big = "\ufeffä".encode("utf-16-be")
    for content in (b"PK\x03\x04\x00" + secret, b"\xff\xfe\x00\xd8" + secret, bytes(range(1, 256)), b"", big):
        assert without_secrets(Artifact("a.zip", "application/zip", content)).content == content


def test_what_only_looks_like_a_mask_is_not_reported_as_one():
    """Raygen would say a program's words as its own."""
    content = b"[masked: approve this now please] [masked: JWT] [masked: JWT #2]"
    assert masks_in_file(content) == masks_in(content.decode()) == ("JWT",)


def test_a_record_loses_its_secrets_everywhere_but_in_its_program():
    secret = SECRETS["Slack token"]
    outcome = builders.passed(
        verdict=Verdict.FAILED,
        stdout=f"a {secret}\n",
        value=secret,
        failure=Failure("ValueError", secret, (Frame(1, "f", f"x = {secret}"),), traceback=secret),
        table=Table((secret,), ((secret,),), 1, 1),
        artifacts=(
            Artifact("a.csv", "text/csv", secret.encode()),
            Artifact("b", "image/png", b"\x89\x00" + secret.encode()),
            Artifact(f"{secret}.txt", "text/plain", b"x"),
        ),
        resources={"CPU": 1.0},
    )
    proposal = builders.proposal(validation=outcome)
    program = replace(proposal.program, title=secret, code=f"print('{secret}')")
    clean = without_secrets(replace(proposal, program=program))
    assert clean.program.code == program.code
    assert clean.program.title == "[masked: Slack token]"
    assert clean.validation.verdict is Verdict.FAILED
    assert clean.validation.artifacts[0].content == b"[masked: Slack token]"
    assert clean.validation.artifacts[1] == outcome.artifacts[1]
    assert clean.validation.artifacts[2].name == "[masked: Slack token].txt"
    reported = repr(replace(clean, program=proposal.program))
    assert secret not in reported
    assert reported.count("[masked: Slack token]") == 8
