# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow has no types.
"""Pieces of large text files: whole lines from several places, without reading what is between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.data.filesystems import Place, RemoteFile

_COMPRESSED = (".gz", ".bz2", ".zst", ".lz4", ".br")
_PIECES = 4
_LEAST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of a file that begin and end with lines: its head, and others; `whole` says that the head is all of it."""

    head: bytes
    others: tuple[bytes, ...] = ()
    whole: bool = False
    share: float = 1.0
    """Which part of the file the pieces are, by bytes."""

    @property
    def all(self) -> Sequence[bytes]:
        return (self.head, *self.others)


def is_compressed(file: RemoteFile) -> bool:
    """By its name."""
    return file.relative.lower().endswith(_COMPRESSED)


def is_text(content: bytes) -> bool:
    """Whether there are no control characters at its beginning, as in any text of one byte for each character."""
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in content[:8192])


def pieces_of(place: Place, file: RemoteFile, most: int) -> Pieces:
    """At most about `most` bytes; of a compressed file, or one of unknown size, its beginning alone."""
    if is_compressed(file) or not file.size:
        with place.stream(file) as stream:
            head = _filled(stream, most + 1)
        whole = len(head) <= most
        return Pieces(head if whole else _lines(head[:most]), whole=whole, share=1.0 if whole else 0.0)
    with place.open(file) as handle:
        if file.size <= most:
            return Pieces(handle.read(), whole=True)
        each = max(_LEAST, most // _PIECES)
        head = _lines(handle.read(each))
        others: list[bytes] = []
        starts = [len(head) + (file.size - len(head)) * number // _PIECES for number in range(1, _PIECES)]
        for start in starts:
            handle.seek(start)
            # What is before the first line end belongs to a line that began earlier.
            others.append(_lines(handle.read(each).partition(b"\n")[2], start + each >= file.size))
        taken = len(head) + sum(map(len, others))
        return Pieces(head, tuple(piece for piece in others if piece), share=taken / file.size)


def _filled(stream: object, size: int) -> bytes:
    found = bytearray()
    while len(found) < size and (block := stream.read(min(1024**2, size - len(found)))):  # type: ignore[attr-defined]
        found += block
    return bytes(found)


def _lines(piece: bytes, to_the_end: bool = False) -> bytes:  # noqa: FBT001, FBT002
    return piece if to_the_end else piece[: piece.rfind(b"\n") + 1]
