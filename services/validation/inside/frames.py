"""Frames between the bot and process 1 of a sandbox: one byte of kind, four of length, the payload.

To the sandbox: RUN (a token in a line of its own, a line of JSON with modules by name in base64, and then the program),
STOP (nothing: end the program with the facts so far).
From the sandbox: READY (JSON), STDOUT and STDERR (the program's bytes), FACTS (a part of the token and the driver's JSON),
NOTED (JSON: what the observer of the network, `demand`, `cuda`, `object_store` or `written` has noted, a kind and what it is about), ENDED (JSON: status as the kernel
reported it, processor time).
"""

from __future__ import annotations

import struct

RUN, STOP = b"R", b"S"
READY, STDOUT, STDERR, FACTS, NOTED, ENDED = b"Y", b"1", b"2", b"F", b"N", b"E"

CUDA = b'["cuda"]'
UNSTORED = "unstored"

HEADER = struct.Struct("!cI")
LARGEST = 1024**2


def pack(kind: bytes, payload: bytes) -> bytes:
    return HEADER.pack(kind, len(payload)) + payload


def unpack_header(header: bytes) -> tuple[bytes, int]:
    """Kind and length; raises ValueError when the length is beyond all reason."""
    kind, length = HEADER.unpack(header)
    if length > LARGEST * 4:
        raise ValueError("a frame is too long")
    return kind, length
