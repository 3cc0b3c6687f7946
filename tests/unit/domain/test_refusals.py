"""What an operator has to do where a service refuses a run's credentials."""

from __future__ import annotations

import pytest

from handlers.blocks import runs as run_blocks
from services.domain.provisions import NO_PROVISIONS, BoundConnection, BoundSecret, Provisions
from services.domain.refusals import refusal
from services.domain.values import Failure, Outcome, Verdict
from tests import builders

SALES = BoundConnection(
    name="sales", access=frozenset(), kind="parquet", location="s3://x", variable="SALES_URL"
)
USED = Provisions(secrets=(BoundSecret(name="KEY"), BoundSecret(name="OTHER")), connections=(SALES,))


def failed(kind: str, message: str) -> Outcome:
    return Outcome(verdict=Verdict.FAILED, failure=Failure(kind, message))


@pytest.mark.parametrize(
    ("kind", "message", "words"),
    [
        ("ClientError", "An error occurred (ExpiredToken) when calling GetObject: expired", "has expired"),
        ("OSError", "AWS Error ACCESS_DENIED during GetObject: AccessDenied", "lacks a permission"),
        ("HTTPError", "HTTP Error 401: Unauthorized", "isn't valid"),
        ("AuthenticationError", "Error code: 401 - Incorrect API key provided: [secret KEY]", "isn't valid"),
        (
            "OperationalError",
            'FATAL: password authentication failed for user "scorer"',
            "isn't valid. ",
        ),
        ("InsufficientPrivilege", "permission denied for table orders", "lacks a permission"),
        ("HTTPStatusError", "Client error '403 Forbidden' for url", "lacks a permission"),
    ],
)
def test_a_refused_credential_is_said(kind: str, message: str, words: str):
    sentence = refusal(USED, failed(kind, message))
    assert words.strip(". ") in sentence
    assert "This program uses the secret KEY, the secret OTHER and the data connection sales: " in sentence
    assert sentence.endswith(", then run it again.")


@pytest.mark.parametrize(
    ("provisions", "outcome"),
    [
        (NO_PROVISIONS, failed("HTTPError", "401 Unauthorized")),
        (USED, failed("ValueError", "14013 rows, and 403.5 of them")),
        (USED, failed("KeyError", "'token'")),
        (USED, Outcome(verdict=Verdict.PASSED, stdout="401 Unauthorized")),
        (USED, Outcome(verdict=Verdict.STOPPED)),
    ],
)
def test_nothing_is_said_where_nothing_was_refused(provisions: Provisions, outcome: Outcome):
    assert refusal(provisions, outcome) == ""


@pytest.mark.parametrize(
    ("outcome", "offered"),
    [
        (failed("HTTPError", "HTTP Error 401: Unauthorized"), True),
        (Outcome(verdict=Verdict.UNAVAILABLE, detail="The secret KEY can't be read: it is empty."), True),
        (failed("ValueError", "no"), False),
    ],
)
def test_it_can_be_run_again_once_that_is_mended(outcome: Outcome, offered: object):
    message = run_blocks.ended(builders.run(), builders.proposal(provisions=USED), outcome)
    assert ("Run again" in repr(message.blocks)) is offered
