"""Pure functions over what programs print: cleaned as a terminal would show it, cut to size, figures for people."""

from __future__ import annotations

import re
import signal
import unicodedata
from dataclasses import dataclass, replace

_CSI = r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"
_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\r\n]*+(?:\x07|\x1b\\|\x9c)"
_ESCAPE = re.compile(rf"{_CSI}|{_STRING}|\x1b[ -/]*+[0-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+")
_LINE_END = re.compile(r"(?<!\r)\r*+\n|[\x0b\x0c\x85]")
_MOVE = re.compile(r"(\r+|\x08+|(?:\x1b\[|\x9b)[02]?K)")
_FLAG_LETTERS = "".join(chr(letter) for letter in range(0x1F1E6, 0x1F200))
_FARTHEST = 64
_MARKER_ROOM = 64
_IN_BYTES = frozenset({"memory", "object_store_memory"})
_MANY = {"CPU": "CPUs", "GPU": "GPUs"}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The head and tail of a text; `whole` says that nothing was left out.

    `omitted_lines` counts line ends and `omitted_bytes` UTF-8 bytes of what was left out.
    """

    text: str
    omitted_lines: int = 0
    omitted_bytes: int = 0
    whole: bool = True


def clean(text: str) -> str:
    r"""Program output as a terminal would leave it on the screen, free of anything that isn't text.

    Escape sequences and control characters go, `\r` and backspace overwrite within their line, line ends
    become `\n`, lone surrogates U+FFFD. Every line stays, blank ones too. Linear in the length of the text.
    """
    text = _LINE_END.sub("\n", whole_characters(text))
    if "\r" in text or "\x08" in text:
        text = "\n".join(_overwritten(line) for line in text.split("\n"))
    return _printable(text)


def whole_characters(text: str) -> str:
    """`text` with surrogate pairs joined and lone surrogates replaced, so that it can be encoded."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _printable(text: str) -> str:
    return _CONTROL.sub("", _ESCAPE.sub("", text))


def _overwritten(line: str) -> str:
    """One line after its carriage returns, backspaces and erasures took effect, column by column."""
    if "\r" not in line and "\x08" not in line:
        return line
    screen: list[str] = []
    column = 0
    for piece in _MOVE.split(line):
        if piece.startswith("\r"):
            column = 0
        elif piece.startswith("\x08"):
            column = max(0, column - len(piece))
        elif _MOVE.fullmatch(piece):
            column = 0 if piece.endswith("2K") else column
            del screen[column:]
        else:
            shown = _printable(piece)
            screen[column : column + len(shown)] = shown
            column += len(shown)
    return "".join(screen)


@dataclass(frozen=True, slots=True)
class Gone:
    """How much is missing from the middle of a text: line ends, and UTF-8 bytes of what would be shown."""

    lines: int = 0
    size: int = 0

    def __add__(self, other: Gone) -> Gone:
        return Gone(self.lines + other.lines, self.size + other.size)


NOTHING_GONE = Gone()


@dataclass(frozen=True, slots=True)
class Growing:
    """Head and tail of a text that grows without end; `cut` is where the head ends once something is gone."""

    text: str = ""
    gone: Gone = NOTHING_GONE
    cut: int = 0

    def then(self, more: str, *, room: int) -> Growing:
        """With more at its end; at most three times `room` characters, of which head and tail have one each."""
        text = self.text + more
        if len(text) <= 3 * room:
            return replace(self, text=text)
        # Between lines, where it can be, so that what is gone counts as it would have been shown.
        head, tail = self.cut or _head_end(text, room), _tail_start(text, len(text) - room)
        missing = clean(text[head:tail])
        gone = self.gone + Gone(missing.count("\n"), utf8_size(missing))
        return Growing(text[:head] + text[tail:], gone, head)


def head_and_tail(text: str, *, limit: int, gone: Gone = NOTHING_GONE) -> Excerpt:
    """At most `limit` characters of `text`: its head, a line that says what is left out, and its tail.

    What is gone from its middle already is counted with that. Cuts fall between lines where lines are short enough,
    else between characters as people see them.
    """
    limit = max(limit, 0)
    if len(text) <= limit and not gone.size:
        return Excerpt(text)
    limit = min(limit, len(text) + _MARKER_ROOM)
    half = (limit - _MARKER_ROOM) // 2
    if half < 1:
        return _head_only(text, limit)
    head, tail = _head_end(text, half), _tail_start(text, len(text) - half)
    gone += Gone(text.count("\n", head, tail), utf8_size(text[head:tail]))
    first = text[:head] if text[:head].endswith("\n") else text[:head] + "\n"
    return Excerpt(f"{first}{left_out(gone)}\n{text[tail:]}", gone.lines, gone.size, whole=False)


def left_out(gone: Gone) -> str:
    """The words that stand in its place."""
    size = human_bytes(gone.size)
    return f"… {plural(gone.lines, 'line')}, {size} left out …" if gone.lines else f"… {size} left out …"


def _head_only(text: str, limit: int) -> Excerpt:
    end = _boundary_before(text, max(limit - 1, 0))
    shown = text[:end] + "…" if limit else ""
    return Excerpt(shown, text.count("\n", end), utf8_size(text[end:]), whole=False)


def _head_end(text: str, room: int) -> int:
    """Where a head of at most `room` characters ends: after a line, unless that wastes half of it."""
    end = text.rfind("\n", 0, room) + 1
    return end if end * 2 >= room else _boundary_before(text, room)


def _tail_start(text: str, earliest: int) -> int:
    start = text.find("\n", earliest - 1) + 1
    room = len(text) - earliest
    return start if start and (len(text) - start) * 2 >= room else _boundary_after(text, earliest)


def _boundary_before(text: str, place: int) -> int:
    nearest = range(place, max(place - _FARTHEST, 0), -1)
    return next((at for at in nearest if _separable(text, at)), place)


def _boundary_after(text: str, place: int) -> int:
    nearest = range(place, min(place + _FARTHEST, len(text)))
    return next((at for at in nearest if _separable(text, at)), place)


def _separable(text: str, place: int) -> bool:
    """Whether a person would see the characters before and after `place` as two."""
    if not 0 < place < len(text):
        return True
    before, after = text[place - 1], text[place]
    joined = (
        unicodedata.category(after) in {"Mn", "Me", "Mc"}
        or "\u200d" in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or (before in _FLAG_LETTERS and after in _FLAG_LETTERS and _in_flag(text[:place]))
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )
    return not joined


def _in_flag(before: str) -> bool:
    """Whether a flag has begun but not ended: its letters come in pairs."""
    return (len(before) - len(before.rstrip(_FLAG_LETTERS))) % 2 == 1


def utf8_size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def human_bytes(size: float) -> str:
    """`999 B`, `1.5 kB`, `12 MB`: powers of a thousand, two digits at least."""
    if size < 1000:
        return f"{size:.0f} B"
    for unit in ("kB", "MB", "GB", "TB"):
        size /= 1000
        if size < 9.95:
            return f"{size:.1f} {unit}"
        if size < 999.5:
            return f"{size:.0f} {unit}"
    return f"{size / 1000:,.1f} PB"


def human_seconds(seconds: float) -> str:
    """`4 ms`, `0.42 s`, `12.3 s`, `3 min 05 s`, `2 h 07 min`, `3 d 04 h`."""
    if seconds < 0.0995:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours < 24:
        return f"{hours} h {minutes:02} min"
    days, hours = divmod(round(seconds / 3600), 24)
    return f"{days:,} d {hours:02} h"


def human_count(count: int) -> str:
    """`12,345`."""
    return f"{count:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 task`, `12,345 tasks`, `2 entries` with its own plural."""
    return f"{human_count(count)} {one if count == 1 else many or one + 's'}"


def human_share(name: str, free: float, total: float) -> str:
    """What is left of a resource: `2 of 8 CPUs`, `4.0 GB of 16 GB of memory`."""
    left = human_bytes(int(free)) if name in _IN_BYTES else f"{free:g}"
    return f"{left} of {human_resource(name, total)}"


def human_resource(name: str, amount: float) -> str:
    """An amount of what Ray calls a resource: `2 CPUs`, `1 GPU`, `8.0 GB of memory`, `3 tpu`."""
    if name in _IN_BYTES:
        return f"{human_bytes(int(amount))} of {name.replace('_', ' ')}"
    return f"{amount:g} {name if amount == 1 else _MANY.get(name, name)}"


def signal_name(number: int) -> str:
    """Such as `SIGSEGV`."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
