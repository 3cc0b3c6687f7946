"""What a card says of a program's data and secrets."""

from __future__ import annotations

import time

import pytest

from handlers.blocks.provisions import lines
from services.domain.connections import Access
from services.domain.entities import Proposal
from services.domain.provisions import BoundConnection, BoundSecret, Provisions
from services.domain.values import Written
from tests import builders

SALES = BoundConnection(
    name="sales",
    access=frozenset({Access.READ}),
    kind="parquet",
    location="s3://lake/sales/",
    variable="SALES_URL",
    sample="a" * 64,
    rows=1000,
    total=12_345_678,
    taken_at=time.time(),
)
SCORES = BoundConnection(
    name="scores",
    access=frozenset({Access.WRITE}),
    kind="parquet",
    location="s3://lake/scores/",
    variable="SCORES_URL",
)


def proposal(*connections: BoundConnection, written: tuple[Written, ...] = (), **rest: object) -> Proposal:
    return builders.proposal(
        provisions=Provisions(connections=connections, **rest),  # type: ignore[arg-type]
        validation=builders.passed(written=written),
    )


def said(shown: Proposal) -> str:
    return "\n".join(block["elements"][0]["text"] for block in lines(shown))


def test_a_program_without_them_has_no_line():
    assert lines(builders.proposal()) == []


def test_what_is_read_says_how_much_of_it_was_the_sample():
    assert "a sample of 1,000 of about 12.3 million rows, taken today" in said(proposal(SALES))
    assert "`s3://lake/sales/`" in said(proposal(SALES))


@pytest.mark.parametrize(
    ("rows", "total", "unit", "expected"),
    [
        (40, 40, "rows", "all of its 40 rows"),
        (20, 3000, "files", "a sample of 20 of about 3,000 files"),
        (1000, None, "rows", "a sample of 1,000 rows"),
        (1000, 2_500_000_000, "rows", "of about 2.5 billion rows"),
    ],
)
def test_a_sample_is_described_by_what_is_known_of_the_whole(
    rows: int, total: int | None, unit: str, expected: str
):
    each = BoundConnection(
        name="x",
        access=frozenset({Access.READ}),
        kind="csv",
        location="s3://x",
        variable="X_URL",
        rows=rows,
        total=total,
        unit=unit,
        taken_at=time.time() - 86_400,
    )
    assert f"{expected}, taken yesterday" in said(proposal(each))


def test_what_is_written_is_what_was_found():
    wrote = Written(name="scores", files=2, size=4096, rows=1000, columns=("id", "score"))
    text = said(proposal(SALES, SCORES, written=(wrote,)))
    assert "wrote 1,000 rows (`id`, `score`) in 2 files, 4.1 kB, in validation" in text
    assert "it wrote nothing there" in said(proposal(SCORES, written=(Written(name="scores"),)))
    assert "could not be observed" in said(proposal(SCORES))


def test_masks_and_changes_of_the_columns_are_said():
    changed = BoundConnection(
        name="sales",
        access=frozenset({Access.READ}),
        kind="parquet",
        location="s3://lake/sales/",
        variable="SALES_URL",
        masked=("email",),
        changed="new: region",
    )
    text = said(proposal(changed))
    assert "masked: `email`" in text
    assert "The columns of `sales` have changed. New: region" in text


def test_secrets_are_shown_by_name_and_purpose_alone():
    secrets = (
        BoundSecret(name="WANDB_API_KEY", purpose="tracks the experiment"),
        BoundSecret(name="HF_TOKEN", on_target=True),
    )
    text = said(proposal(secrets=secrets))
    assert "*Needs* `WANDB_API_KEY` (tracks the experiment), `HF_TOKEN`, which the target has" in text


def test_hostile_names_stay_text():
    evil = BoundSecret(name="X", purpose="<!channel> *b* `c`")
    wrote = Written(name="scores", files=1, columns=("<!channel>", "`a`"))
    text = said(proposal(SCORES, written=(wrote,), secrets=(evil,)))
    assert "<!channel>" not in text
