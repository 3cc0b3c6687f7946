"""Masks hide values, keep their shape, and are the same for the same value."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pyarrow as pa
import pytest

from services.data import detection
from services.data.arrow_masking import masked_table
from services.data.columns import Columns
from services.data.masking import Masker, masked_scalar
from services.domain.connections import Connection

MASKER = Masker(b"a key of the tests")


def columns(**terms: object) -> Columns:
    return Columns(Connection(name="x", kind="parquet", url="/x", **terms), MASKER)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Anna Müller", r"[A-Z][a-z]{3} [A-Z][a-z]{5}"),
        ("ORD-2024-0017", r"[A-Z]{3}-\d{4}-\d{4}"),
        ("anna.b@acme.co.uk", r"[a-z]{4}\.[a-z]@[a-z]{4}\.[a-z]{2}\.example"),
        ("2024-02-29", r"2024-\d\d-\d\d"),
        ("2024-02-29T10:11:12.5Z", r"2024-\d\d-\d\dT\d\d:\d\d:00.0Z"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("4111-1111-1111-1111", r"4\d{3}(-\d{4}){3}"),
        ("--", r"\*\*"),
        ("東京", "[a-z]{2}"),
    ],
)
def test_a_mask_has_the_shape_of_its_value(text: str, shape: str):
    made = MASKER.text(text)
    assert re.fullmatch(shape, made), made
    assert made != text
    assert made == MASKER.text(text) == Masker(b"a key of the tests").text(text)
    assert made != Masker(b"another key of ours").text(text) or text == "--"


def test_the_same_value_has_the_same_mask_however_it_is_written():
    assert MASKER.text("ANNA@Acme.com").lower() == MASKER.text("anna@acme.com")
    assert MASKER.text("+1 (212) 867-5309").replace("(", "").replace(")", "") == MASKER.text(
        "+1 212 867-5309"
    )
    assert str(MASKER.integer(20240017)) == MASKER.text("20240017")
    assert len(str(MASKER.integer(1002))) == 4
    assert MASKER.email("x@acme.com").partition("@")[2] == MASKER.email("yy@acme.com").partition("@")[2]


def test_numbers_and_dates_stay_in_their_types():
    assert -128 <= MASKER.integer(-127, -128, 127) <= 127
    assert MASKER.decimal(Decimal("-12.50")).as_tuple().exponent == -2
    assert masked_scalar(MASKER, dt.date(2023, 5, 1)).year == 2023
    assert masked_scalar(MASKER, dt.datetime(2023, 5, 1, 10, tzinfo=dt.UTC)).tzinfo is dt.UTC
    assert MASKER.card("4111111111111111") != "4111111111111111"
    assert detection.is_card(MASKER.card("4111111111111111"))
    assert all(MASKER.text(str(digit)) != str(digit) for digit in range(10))


FOUND = [
    ("mail anna@acme.com now", "anna@acme.com"),
    ("tel. +49 30 1234567", "1234567"),
    ("tel. (212) 867-5309", "867-5309"),
    ("tel. 020 7946 0958", "7946 0958"),
    ("tel. 0049 30 1234567", "1234567"),
    ("card 4111 1111 1111 1111 exp 10/29", "4111 1111 1111 1111"),
    ("amex 378282246310005", "378282246310005"),
    ("key AKIAQWERTYUIOPASDFGH", "AKIAQWERTYUIOPASDFGH"),
    ("Authorization: Bearer abcdef0123456789abcdef", "abcdef0123456789abcdef"),
    ('{"to": "bob@x.io"}', "bob@x.io"),
]
LEFT = [
    "2026-11-30 09:08:33",
    "2026-11-30",
    "30.11.2026",
    "0.1234567890",
    "192.168.100.200",
    "1701335313000",
    "order 1002003004 of 12",
    "4111111111111112",
    "12:30:45",
    "v1.2.3-4567890",
    "@home and me@work",
    "52.5200, 13.4050",
    "ISBN 978-3-16-148410-0",
]


@pytest.mark.parametrize(("text", "secret"), FOUND)
def test_what_is_personal_or_secret_is_found_in_texts(text: str, secret: str):
    made = columns().free(text)
    assert secret not in made
    assert len(made.split()) == len(text.split())


@pytest.mark.parametrize("text", LEFT)
def test_other_texts_stay(text: str):
    assert columns().free(text) == text


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("contact", ["2128675309", "2128675310", "6462210000"], "phone"),
        ("t", ["612 345 678", "612 345 679"], "phone"),
        ("c", ["5555555555554444", "4242424242424242"], "card"),
        ("PhoneNumber", ["12345678", "99999"], "phone"),
        ("user_password", ["hunter22"], "key"),
        ("id", ["1002003004", "1002003005", "9999999999"], ""),
        ("day", ["2024-01-02", "2024-01-03"], ""),
        ("email_status", ["bounced", "delivered"], ""),
        ("phone_count", ["1", "2"], ""),
    ],
)
def test_columns_are_judged_by_name_and_by_all_values(name: str, values: list[str], kind: str):
    judged = columns()
    judged.learn(name, values)
    assert judged.why(name) == kind


def test_nested_columns_are_masked_left_out_and_whole():
    table = pa.table(
        {
            "customer": pa.array(
                [
                    {"name": "Anna", "home": {"street": "Main 1", "zip": 10115}},
                    None,
                    {"name": None, "home": None},
                ]
            ),
            "tags": pa.array([["a@b.com", "plain"], None, []]),
            "cards": pa.array([[{"no": 4111111111111111}, {"no": 5555555555554444}], [], None]),
            "extra": pa.array([[("note", "+49 30 1234567")], None, []], pa.map_(pa.string(), pa.string())),
            "kind": pa.array(["gold", "tin", None]).dictionary_encode(),
            "card_float": [4111111111111111.0, None, 5555555555554444.0],
            "phone": pa.array([Decimal(2128675309), None, Decimal(2128675310)], pa.decimal128(12, 0)),
            "price": [1999999.0, 2000000.5, float("nan")],
            "pair": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int32(), 2)),
            "born": pa.array([dt.datetime(1980, 2, 3, tzinfo=dt.UTC), None, None], pa.timestamp("ns", "UTC")),
            "vip": [True, False, None],
            "legacy": [b"anna@acme.com", b"\xff\x00", None],
        }
    )
    judged = columns(masked=("customer.name", "kind", "born", "vip"), left_out=("customer.home.street",))
    for part in (table, table.slice(1), table.slice(0, 0)):
        made = masked_table(part, judged)
        made.validate(full=True)
        assert made.num_rows == part.num_rows
    made = masked_table(table, judged)
    first, second, third = made.to_pylist()
    assert made.schema.field("customer").type.field("home").type.names == ["zip"]
    assert re.fullmatch("[A-Z][a-z]{3}", first["customer"]["name"])
    assert first["customer"]["home"] == {"zip": 10115}
    assert second["customer"] is None
    assert third["customer"] == {"name": None, "home": None}
    assert (first["tags"][1], second["tags"], third["tags"]) == ("plain", None, [])
    assert (second["cards"], third["cards"]) == ([], None)
    assert (first["pair"], second["pair"], third["pair"]) == ([1, 2], None, [3, 4])
    assert (first["legacy"].endswith(b".example"), second["legacy"]) == (True, b"\xff\x00")
    assert first["born"].year == 1980
    assert made.schema.field("born").type == table.schema.field("born").type
    assert made.schema.field("kind").type == table.schema.field("kind").type
    assert made.column("price").to_pylist()[:2] == [1999999.0, 2000000.5]
    assert detection.is_card(str(int(first["card_float"])))
    shown = str(made.to_pylist())
    for planted in ("Anna", "Main", "a@b.com", "4111111111111111", "1234567", "gold", "acme", "2128675309"):
        assert planted not in shown


def test_a_pattern_is_a_column_wherever_it_is():
    judged = columns(masked=("email", "orders.buyer", "*_zip"), plain=("sku",))
    paths = ["email", "customer.Email", "public.orders.buyer.name", "home_zip", "x.home_zip.y"]
    assert [judged.why(path) for path in paths] == ["name"] * len(paths)
    assert [judged.why(path) for path in ("emails", "buyer", "zip")] == ["", "", ""]
    assert judged.text("sku", "a@b.com") == "a@b.com"
    assert judged.unmatched(["email"]) == ("orders.buyer",)
