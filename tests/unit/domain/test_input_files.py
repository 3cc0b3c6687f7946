"""Which files may lie beside a program, and the sentence for those that may not."""

import pytest

from services.domain.errors import BadRequest
from services.domain.input_files import InputLimits, checked
from services.domain.values import InputFile


def test_plain_files_are_taken_as_they_are() -> None:
    files = (InputFile("orders 2026.csv", b"1"), InputFile("größe.parquet", b""))
    assert checked(files) == files


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../up", "/etc/passwd", ".hidden", "a\0b", "a\nb", "program.py", "outputs", "x" * 201],
)
def test_other_names_are_refused_by_name(name: str) -> None:
    with pytest.raises(BadRequest, match="The input file"):
        checked([InputFile(name, b"")])


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(BadRequest, match="twice"):
        checked([InputFile("a.csv", b"1"), InputFile("a.csv", b"2")])


def test_more_than_fits_is_refused() -> None:
    with pytest.raises(BadRequest, match="exceed"):
        checked([InputFile("a", bytes(8)), InputFile("b", b"1")], InputLimits(8, 8))
