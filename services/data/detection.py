"""Finds e-mail addresses, phone numbers, card numbers and keys in values.

Whole columns are judged where one value alone shows too little, such as a number without separators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import phonenumbers

from services.security import redaction

EMAIL = "e-mail"
PHONE = "phone"
CARD = "card"
KEY = "key"

Mask = Callable[[str, str], str]
"""Gets a found text and its kind, gives what takes its place."""

_EMAIL = re.compile(r"[\w.%+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_CARD = re.compile(r"(?<![\d.])[2-6]\d{3}(?:[ -]?\d){8,14}\d(?!\d)")
_PHONE = re.compile(r"(?<![\w.,:/-])[+(]{0,2}\d[\d ()./-]{5,22}\d(?![\w:])")
_INTERNATIONAL = re.compile(r"\(?(?:\+|00)[1-9]")
_TRUNK = re.compile(r"\(?0[1-9]")
_AMERICAN = re.compile(r"(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]{1,2}\d{3}[ .-]\d{4}")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\D.*)?")
_NUMBER = re.compile(r"[+(]?\d[\d ()./-]{5,25}")
_ZEROS = re.compile(r"^\(?00")
_NO_DIGIT = re.compile(r"[^0-9]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATED = re.compile(r"\d[ ()./-]+\d")
# Where numbers of any digits are valid numbers, digits alone show nothing.
_STRICT = ("US", "GB", "FR", "ES", "IT", "NL", "AU", "JP")
_REGIONS = (*_STRICT, "DE", "IN", "BR", "CN", "AT", "CH", "BE", "PL", "SE", "DK", "PT", "MX", "KR", "ZA")
_MOST = 0.8
_HINTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:^|[._ -]){words}(?:[_ -]?(?:address|number|no|num|id))?$"))
    for kind, words in (
        (EMAIL, r"e[_-]?mail"),
        (PHONE, r"(?:tele|mobile[_ ]?|cell[_ ]?)?phone|(?:^|[._ -])(?:mobile|fax|msisdn)"),
        (
            CARD,
            r"(?:credit[_ ]?|debit[_ ]?|cc[_ ]?|payment[_ ]?)card|(?:^|[._ -])(?:cc|card)[_ -]?(?:number|no|num)",
        ),
        (KEY, r"(?:password|passwd|pwd|secret|api[_ ]?key|access[_ ]?key|secret[_ ]?key|private[_ ]?key)"),
        ("identity", r"(?:ssn|social[_ ]security|passport|national[_ ]id|tax[_ ]id|iban)"),
    )
)


def hinted(name: str) -> str:
    """What a column's name says that its values are; empty for most names."""
    words = _HUMP.sub("_", name).lower()
    return next((kind for kind, pattern in _HINTS if pattern.search(words)), "")


def replaced(text: str, mask: Mask) -> str:
    """`text` with all that is found in it replaced by `mask`."""
    text = redaction.replaced(text, lambda found: mask(found, KEY))
    if "@" in text:
        text = _EMAIL.sub(lambda found: mask(found[0], EMAIL), text)
    text = _CARD.sub(lambda found: mask(found[0], CARD) if is_card(found[0]) else found[0], text)
    return _PHONE.sub(lambda found: mask(found[0], PHONE) if _is_phone(found[0]) else found[0], text)


def whole_column(values: Sequence[str]) -> str:
    """What nearly all values of a column are, phone or card numbers, where each alone shows too little; else empty."""
    shown = [value.strip() for value in values if value and value.strip()]
    if not shown or not all(_NUMBER.fullmatch(value) for value in shown[:5]):
        return ""
    enough = _MOST * len(shown)
    if sum(map(is_card, shown)) >= enough and len(shown) > 1:
        return CARD
    numbers = [value for value in shown if not _DATE.fullmatch(value) and 7 <= len(_digits(value)) <= 15]
    if len(numbers) < enough or len(shown) < 2:
        return ""
    separated = sum(bool(_SEPARATED.search(value) or _TRUNK.match(value)) for value in numbers) >= enough
    for region in _REGIONS if separated else _STRICT:
        if sum(_valid(value, region) for value in numbers) >= enough:
            return PHONE
    return ""


def is_email(text: str) -> bool:
    """Whether `text` is an e-mail address and nothing else."""
    return _EMAIL.fullmatch(text) is not None


def is_card(text: str) -> bool:
    """Whether `text` is digits as a card's number has them, with the right check digit."""
    digits = _digits(text)
    return (
        13 <= len(digits) <= 19
        and digits[0] in "23456"
        and len(set(digits)) > 1
        and check_digit(digits[:-1]) == digits[-1]
    )


def check_digit(digits: str) -> str:
    """The digit that completes a card's number by Luhn's rule."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text)


def _is_phone(text: str) -> bool:
    if not 7 <= len(_digits(text)) <= 15 or _DATE.fullmatch(text):
        return False
    if _INTERNATIONAL.match(text):
        return _valid(_ZEROS.sub("+", text, count=1), None)
    if not _SEPARATED.search(text):
        return False
    if _AMERICAN.fullmatch(text):
        return _valid(text, "US")
    return bool(_TRUNK.match(text)) and any(_valid(text, region) for region in _REGIONS)


def _valid(text: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False
