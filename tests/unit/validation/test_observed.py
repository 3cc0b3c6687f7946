"""What the observer of a seal's network reads is written by programs: no packet or address may upset it."""

from __future__ import annotations

import json
import socket
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.domain.values import Outcome, Touched, Verdict
from services.validation.attempts import Attempted
from services.validation.observer import dns
from services.validation.observer.calls import destination
from services.validation.observer.notes import COUNTED, LISTED, Notes, shortened
from tests.growth import calls

HEADER = struct.Struct("!6H")
LABELS = st.lists(st.binary(min_size=1, max_size=63), max_size=127).filter(
    lambda labels: sum(1 + len(label) for label in labels) < dns.LARGEST_NAME
)


def packet(labels: list[bytes], *, number: int = 7, flags: int = 0x0100, questions: int = 1) -> bytes:
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return HEADER.pack(number, flags, questions, 0, 0, 0) + name + struct.pack("!HH", 1, 1)


@given(st.binary(max_size=600) | LABELS.flatmap(lambda labels: st.just(packet(labels))))
@example(packet([b"a" * 63] * 3))
@example(HEADER.pack(1, 0, 1, 0, 0, 0) + b"\xc0\x0c" * 200)
@example(HEADER.pack(1, 0, 1, 0, 0, 0) + b"\x01a" * 300)
def test_no_packet_upsets_the_name_server(data: bytes):
    asked, answer = dns.question(data), dns.denial(data)
    if asked is not None:
        assert asked.name.isascii()
        assert asked.name.isprintable()
        assert " " not in asked.name
        assert len(asked.name) <= 4 * dns.LARGEST_NAME
        assert answer is not None
    if answer is not None:
        assert answer[:2] == data[:2]
        assert answer[2] & 0x80, "it is an answer"
        assert answer[3] & 0x0F in {1, 3}
        assert dns.denial(answer) is None, "answers are not answered, or two servers would never end"
        assert len(answer) <= len(data)


@given(LABELS)
def test_a_question_is_read_as_it_was_asked(labels: list[bytes]):
    asked = dns.question(packet(labels))
    assert asked is not None
    assert asked.end == len(packet(labels))
    plain = [label for label in labels if label.isalnum()]
    if plain == labels:
        assert asked.name == (b".".join(labels).decode() or ".")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet([b"a"])[:-1],
        packet([b"a"], questions=0),
        packet([b"a"], flags=0x8000),
        packet([b"a"], flags=0x2800),
        packet([b"a" * 63] * 4),
    ],
    ids=["nothing", "cut off", "no question", "an answer", "an update", "too long a name"],
)
def test_what_is_no_question_has_no_name(data: bytes):
    assert dns.question(data) is None


def test_reading_takes_one_pass():
    def cost(labels: int) -> int:
        data = packet([b"a"] * labels)
        return calls(lambda: dns.question(data))

    assert cost(120) <= 2.2 * cost(60)
    assert calls(lambda: dns.question(packet([b"ab"]) + bytes(100_000))) == calls(
        lambda: dns.question(packet([b"ab"]))
    )


@pytest.mark.parametrize(
    ("name", "host", "kind"),
    [
        ("example.com", "example.com", "outside"),
        ("_grpc_config.example.com", "example.com", "outside"),
        ("_kafka._tcp.example.com", "example.com", "outside"),
        ("_only", "_only", "outside"),
        ("localhost", "localhost", "own"),
        ("LOCALHOST", "LOCALHOST", "own"),
        ("db.localhost", "db.localhost", "own"),
        ("notlocalhost", "notlocalhost", "outside"),
        ("localhost.example.com", "localhost.example.com", "outside"),
        (".", ".", "own"),
        ("1.0.0.127.in-addr.arpa", "1.0.0.127.in-addr.arpa", "own"),
        ("1.0.0.10.in-addr.arpa", "1.0.0.10.in-addr.arpa", "outside"),
        ("1." + "0." * 31 + "ip6.arpa", "1." + "0." * 31 + "ip6.arpa", "own"),
    ],
)
def test_a_name_is_a_hosts_or_the_machines_own(name: str, host: str, kind: str):
    assert (dns.host(name), dns.is_local(name)) == (host, kind == "own")


def v4(address: str, port: int, family: int = socket.AF_INET) -> bytes:
    return struct.pack("=H", family) + struct.pack("!H4s8x", port, socket.inet_aton(address))


def v6(address: str, port: int) -> bytes:
    packed = socket.inet_pton(socket.AF_INET6, address)
    return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI16sI", port, 0, packed, 0)


@pytest.mark.parametrize(
    ("address", "read"),
    [
        (v4("169.254.169.254", 80), "169.254.169.254:80"),
        (v4("255.255.255.255", 9), "255.255.255.255:9"),
        (v4("127.0.0.1", 6379), None),
        (v4("127.9.9.9", 1), None),
        (v4("0.0.0.0", 1), None),
        (v6("2001:db8::1", 443), "[2001:db8::1]:443"),
        (v6("fe80::1", 443), "[fe80::1]:443"),
        (v6("::1", 443), None),
        (v6("::", 443), None),
        (v6("::ffff:203.0.113.9", 443), "203.0.113.9:443"),
        (v6("::ffff:127.0.0.1", 443), None),
        (struct.pack("=H", socket.AF_UNIX) + b"/tmp/ray/socket", None),
        (v4("203.0.113.9", 80, socket.AF_UNSPEC), None),
    ],
)
def test_an_address_beyond_the_loopback_is_read(address: bytes, read: str | None):
    assert destination(address) == read


def test_what_is_sent_to_no_family_goes_over_ipv4():
    assert destination(v4("203.0.113.9", 80, socket.AF_UNSPEC), unspecified=True) == "203.0.113.9:80"


@given(st.binary(max_size=40))
def test_no_address_upsets_the_observer(address: bytes):
    for unspecified in (False, True):
        read = destination(address, unspecified=unspecified)
        assert read is None or read.isprintable()


def test_notes_are_bounded_and_further_ones_counted():
    notes = Notes()
    reported = [n for n in range(3 * COUNTED) if notes.is_new("name", f"{n}.example.com")]
    assert reported == list(range(LISTED))
    assert notes.unlisted == COUNTED - LISTED
    assert not notes.is_new("name", "0.EXAMPLE.com"), "each name once, in whatever letters"
    assert len(shortened("a" * 5000)) == 255


NOTES = [
    json.dumps(note).encode()
    for note in (["name", "a.example.com"], ["address", "203.0.113.9:443"], ["unlisted", 3], ["unread", 2])
]


def test_what_was_observed_stands_before_what_the_program_reported():
    attempted = Attempted()
    for note in NOTES:
        attempted = attempted.with_note(note)
    reported = Touched(
        hosts=("A.example.com", "127.0.0.1:5432"),
        refused=("name lookup of A.example.com", "writing to /etc/passwd"),
        more={"refused": 1},
    )
    outcome = attempted.added_to(Outcome(verdict=Verdict.PASSED, touched=reported, unknown=()))
    assert outcome.touched.hosts == ("a.example.com", "203.0.113.9:443", "127.0.0.1:5432")
    assert outcome.touched.refused == (
        "name lookup of a.example.com",
        "network to 203.0.113.9:443",
        "network to an address that could not be read",
        "writing to /etc/passwd",
    )
    assert outcome.touched.more == {"hosts": 3, "refused": 4}
    assert outcome.unknown == ("hosts",), "somewhere else it wanted to go, and nobody knows where"


def test_without_notes_nothing_changes():
    outcome = Outcome(verdict=Verdict.PASSED, touched=Touched(hosts=("a",)), unknown=("files",))
    assert Attempted().added_to(outcome) == outcome


@given(
    st.binary(max_size=100)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_note_upsets_the_bot(note: bytes):
    Attempted().with_note(note).added_to(Outcome(verdict=Verdict.PASSED))


def test_notes_without_end_are_cut():
    attempted = Attempted()
    for number in range(1000):
        attempted = attempted.with_note(json.dumps(["name", f"{number}.example.com"]).encode())
    assert len(attempted.names) == 100
