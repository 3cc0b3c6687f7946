"""Program output: cleaned as a terminal would show it, cut without harm, figures that people can read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.formatting import (
    Gone,
    Growing,
    clean,
    head_and_tail,
    human_bytes,
    human_count,
    human_seconds,
    plural,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("", ""),
        ("plain\n\n\nlines\n", "plain\n\n\nlines\n"),
        ("no line end", "no line end"),
        ("a\r\nb\r\r\nc", "a\nb\nc"),
        ("\x1b[1;31mred\x1b[0m and \x1b[38;5;12mblue\x1b[m", "red and blue"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]never ends\nnext line", "never ends\nnext line"),
        ("\x1bPdevice\x1b\\after", "after"),
        ("\x1b(Bcharset\x1b7", "charset"),
        ("10%\r20%\r100%\n", "100%\n"),
        ("100% done\r50%", "50%% done"),
        ("loading...\r\x1b[Kok", "ok"),
        ("loading...\x1b[2K\rok", "ok"),
        ("abc\x08\x08X", "aXc"),
        ("\x08\x08start", "start"),
        ("done\r", "done"),
        ("nul\x00 bell\x07 del\x7f", "nul bell del"),
        ("tab\tstays", "tab\tstays"),
        (r"C:\new\table \n", r"C:\new\table \n"),
        ("\ud800 alone, \ud83d\ude00 a pair", "\ufffd alone, 😀 a pair"),
        ("page\x0cbreak\x85next", "page\nbreak\nnext"),
        ("\x9b31mred\x9b0m", "red"),
        ("\x1b[999", "999"),
        ("bar \x1b[32m##\x1b[0m\rBAR", "BAR ##"),
        ("naïve 日本 🎉\n", "naïve 日本 🎉\n"),
    ],
)
def test_clean(raw: str, shown: str) -> None:
    assert clean(raw) == shown


PIECES = ["\x1b", "[", "]", "2K", "m", "\r", "\n", "\x08", "a", "é", "\x07", "\x9d", "\ud800"]
NOISE = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.one_of(st.text(), NOISE))
def test_clean_leaves_only_text_and_every_line(text: str) -> None:
    shown = clean(text)
    assert not [char for char in shown if ord(char) < 32 and char not in "\n\t"]
    shown.encode()
    assert clean(shown) == shown
    assert shown.count("\n") >= text.count("\n")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_clean_leaves_ordinary_text_alone(text: str) -> None:
    assert clean(text) == text


HOSTILE = (
    "\r",
    "\x1b",
    "\x1b]",
    "\x9d",
    "\x1b[2Ky",
    "\x1b[1;",
    "\x08",
    "a\x08",
    "x\r",
    "\x1b[K\r",
    "\r\x1b[",
    "`",
    "\n",
    "a",
)


@pytest.mark.parametrize("piece", ["\x1b[1;", "\x9d", "a\x08", "\r\x1b["], ids=repr)
def test_a_megabyte_of_anything_takes_seconds_at_most(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    clean(text)
    head_and_tail(text, limit=3000)


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_time_grows_with_length_only(piece: str) -> None:
    def seconds(size: int) -> float:
        text = "x" * size + piece * (size // len(piece))
        start = time.process_time()
        clean(text)
        return time.process_time() - start

    seconds(10_000)
    small = min(seconds(12_500) for _ in range(3))
    large = min(seconds(200_000) for _ in range(2))
    assert large < 16 * 8 * max(small, 0.0005)


def test_what_fits_is_whole() -> None:
    excerpt = head_and_tail("a\nb\n", limit=4)
    assert (excerpt.text, excerpt.whole, excerpt.omitted_lines) == ("a\nb\n", True, 0)


def test_long_output_keeps_whole_lines_of_head_and_tail() -> None:
    text = "".join(f"line {n}\n" for n in range(1000))
    excerpt = head_and_tail(text, limit=400)
    head, _, tail = excerpt.text.partition("… ")
    kept = head.splitlines() + tail.splitlines()[1:]
    assert kept[0] == "line 0"
    assert kept[-1] == "line 999"
    assert all(line in text.splitlines() for line in kept)
    assert len(kept) + excerpt.omitted_lines == 1000
    assert f"… {excerpt.omitted_lines} lines, " in excerpt.text
    assert excerpt.omitted_bytes == len(text) - sum(len(line) + 1 for line in kept)


@pytest.mark.parametrize("portion", [1, 997, 50_000, 1_000_000])
@pytest.mark.parametrize("line", ["line {}", "\x1b[32mgrün {}\x1b[0m"])
def test_what_a_growing_text_leaves_out_is_counted_as_in_the_whole(portion: int, line: str) -> None:
    text = "".join(line.format(number) + "\n" for number in range(3_000 if portion == 1 else 30_000))
    growing = Growing()
    for start in range(0, len(text), portion):
        growing = growing.then(text[start : start + portion], room=10_000)
        assert len(growing.text) <= 30_000
    live = head_and_tail(clean(growing.text), limit=3000, gone=growing.gone)
    whole = head_and_tail(clean(text), limit=3000)
    assert (live.text, live.omitted_lines) == (whole.text, whole.omitted_lines)


def test_what_has_left_a_short_text_is_reported_too() -> None:
    excerpt = head_and_tail("head\ntail\n", limit=3000, gone=Gone(7, 5000))
    assert excerpt.text == "head\n… 7 lines, 5.0 kB left out …\ntail\n"


def test_one_endless_line_is_cut_too() -> None:
    excerpt = head_and_tail("x" * 200_000, limit=1000)
    assert 900 < len(excerpt.text) <= 1000
    assert excerpt.omitted_lines == 0
    assert "… 199 kB left out …" in excerpt.text


def test_a_short_first_line_does_not_cost_the_head() -> None:
    excerpt = head_and_tail("Result: 3\n" + "y" * 5000, limit=1000)
    assert excerpt.text.startswith("Result: 3\nyyyy")
    assert len(excerpt.text) > 900


@pytest.mark.parametrize("cluster", ["e\u0301", "👨\u200d👩\u200d👧", "🇳🇴", "👍🏽", "\ud83d\ude00"])
def test_no_character_is_cut_in_two(cluster: str) -> None:
    text = cluster * 500
    for limit in range(100, 130):
        excerpt = head_and_tail(text, limit=limit)
        head, _, rest = excerpt.text.partition("\n")
        tail = rest.partition("\n")[2]
        assert head.replace(cluster, "") == ""
        assert tail.replace(cluster, "") == ""


@given(st.text(), st.integers(-5, 300))
def test_an_excerpt_never_exceeds_its_limit(text: str, limit: int) -> None:
    excerpt = head_and_tail(text * 7, limit=limit)
    assert len(excerpt.text) <= max(limit, 0)
    assert excerpt.whole == (excerpt.text == text * 7)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_960, "10 kB"),
        (200_000, "200 kB"),
        (999_600, "1.0 MB"),
        (3 * 1024**3, "3.2 GB"),
        (5e18, "5,000.0 PB"),
    ],
)
def test_human_bytes(size: float, shown: str) -> None:
    assert human_bytes(size) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 ms"),
        (0.0042, "4 ms"),
        (0.0999, "0.10 s"),
        (0.42, "0.42 s"),
        (9.999, "10.0 s"),
        (12.34, "12.3 s"),
        (59.97, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.7, "1 h 00 min"),
        (7620, "2 h 07 min"),
        (86_399, "1 d 00 h"),
        (273_600, "3 d 04 h"),
    ],
)
def test_human_seconds(seconds: float, shown: str) -> None:
    assert human_seconds(seconds) == shown


def test_counts_and_plurals() -> None:
    assert human_count(12_345) == "12,345"
    assert plural(1, "task") == "1 task"
    assert plural(0, "task") == "0 tasks"
    assert plural(2345, "entry", "entries") == "2,345 entries"
