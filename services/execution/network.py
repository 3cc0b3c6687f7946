"""Gives an embedded cluster a network of its own, and keeps it as long as the cluster lives.

Runs by itself (`python -I -S network.py CONFIG -- bwrap …`), outside the sandbox and beside it, so it knows the standard
library only. CONFIG is JSON: `listeners` maps descriptors of listening sockets of the host to ports in the cluster's
network, `info` is the descriptor that gets bubblewrap's JSON once the network is complete, `pasta` the command line
of pasta without its target, or nothing for a network without a way out, and `denied` the networks that stay shut.

The sandbox waits until all of this is in place. When this process ends, the sandbox ends, and the other way round.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import ipaddress
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from fcntl import ioctl
from pathlib import Path
from typing import Any

_NS_GET_USERNS = 0xB701
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION = 0x20080522
_NEW_RULE, _REQUEST, _ACKNOWLEDGE, _CREATE, _ERROR = 32, 1, 4, 0x400, 2
_PROHIBIT, _TO, _PRIORITY, _FIRST = 8, 1, 6, 1
_FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
_LIMIT = 10.0
_PAUSE = 1.0
_PORTION = 1 << 16

_libc = ctypes.CDLL(None, use_errno=True)


class NetworkSetupError(Exception):
    """The network could not be made; says why."""


def main(config: dict[str, Any], command: list[str]) -> int:
    information, release = os.pipe(), os.pipe()
    sandbox = subprocess.Popen(  # noqa: S603  # the bot's own words
        [*command[:1], "--info-fd", str(information[1]), "--block-fd", str(release[0]), *command[1:]],
        stdin=subprocess.DEVNULL,
        pass_fds=(information[1], release[0], *config["keep"]),
    )
    os.close(information[1])
    os.close(release[0])
    info = _read_all(information[0])
    if not info:
        return sandbox.wait()
    steady = Inside(json.loads(info)["child-pid"], config)
    try:
        steady.open()
        os.write(config["info"], info)
        os.close(config["info"])
        os.write(release[1], b"x")
        return steady.keep(sandbox)
    except (NetworkSetupError, OSError) as error:
        _say(str(error))
        return 1
    finally:
        sandbox.kill()
        steady.close()


class Inside:
    """The network namespace of process `pid`, and the processes that serve it."""

    def __init__(self, pid: int, config: dict[str, Any]) -> None:
        self._pid = pid
        self._config = config
        self._listeners = {int(fd): port for fd, port in config["listeners"].items()}
        self._control, self._relay_end = socket.socketpair()
        self._relay = 0
        self._pasta: subprocess.Popen[bytes] | None = None
        self._words = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)  # pasta loses what it writes to a full pipe

    def open(self) -> None:
        """Start the relay, then the way out, then shut what it must not lead to. Raises NetworkSetupError."""
        self._relay = os.fork()
        if self._relay == 0:
            self._control.close()
            _as_relay(self._pid, self._relay_end, self._listeners, self._config["denied"])
        self._relay_end.close()
        self._control.settimeout(_LIMIT)
        self._expect("joined")
        if self._config["pasta"]:
            self._start_pasta()
            self._send("way out")
            try:
                self._expect("way out", "it did not answer in time")
            except NetworkSetupError as error:
                raise NetworkSetupError(
                    f"pasta can't set up a network: {self._last_words() or error}"
                ) from None
        self._send("serve")
        self._expect("serving")
        for fd in self._listeners:
            os.close(fd)

    def keep(self, sandbox: subprocess.Popen[bytes]) -> int:
        """Wait for the sandbox's end; without the relay it is unreachable, and a lost pasta is replaced."""
        while True:
            pid, status = os.wait()
            if pid == sandbox.pid:
                sandbox.returncode = os.waitstatus_to_exitcode(
                    status
                )  # else it would be signalled by its number
                return sandbox.returncode
            if pid == self._relay:
                raise NetworkSetupError("the relay exited")
            if self._pasta is not None and pid == self._pasta.pid:
                self._pasta = None
                _say("pasta exited and is being restarted")
                time.sleep(_PAUSE)
                self._start_pasta()

    def close(self) -> None:
        """End pasta; the relay ends by itself, and ends it too when this process can't."""
        if self._pasta is not None:
            self._pasta.kill()

    def _start_pasta(self) -> None:
        where = f"/proc/{self._relay}/ns"
        words = [*self._config["pasta"], "--userns", f"{where}/user", "--netns", f"{where}/net"]
        self._pasta = subprocess.Popen(  # noqa: S603  # the bot's own words
            words, stdin=subprocess.DEVNULL, stdout=self._words[1], stderr=self._words[1]
        )
        self._send(f"pasta {self._pasta.pid}")

    def _last_words(self) -> str:
        try:
            lines = os.read(self._words[0], _PORTION).decode(errors="replace").splitlines()
        except BlockingIOError:
            return ""
        return next((line for line in reversed(lines) if line and "syslog" not in line), "")

    def _send(self, word: str) -> None:
        self._control.sendall(f"{word}\n".encode())

    def _expect(self, word: str, otherwise: str = "the relay did not start") -> None:
        try:
            said = self._control.recv(4096).decode().strip()
        except TimeoutError:
            raise NetworkSetupError(otherwise) from None
        if said != word:
            raise NetworkSetupError(said or otherwise)


def _as_relay(pid: int, control: socket.socket, listeners: dict[int, int], denied: list[str]) -> None:
    """Never returns: joins the namespace, and serves it until the parent is gone."""
    pasta: list[int] = []
    try:
        _join(pid)
        control.sendall(b"joined\n")
        lines = control.makefile("r")
        for line in lines:
            word, _, rest = line.strip().partition(" ")
            if word == "pasta":
                pasta[:] = [os.pidfd_open(int(rest))]
            elif line.strip() == "way out":
                _await_way_out(pasta[0])
                _deny(denied)
                control.sendall(b"way out\n")
            elif word == "serve":
                _drop_privileges()
                control.sendall(b"serving\n")
                asyncio.run(_serve(listeners, lines.fileno(), pasta))
    except (OSError, NetworkSetupError) as error:
        with contextlib.suppress(OSError):
            control.sendall(f"{error}\n".encode())
    finally:
        for handle in pasta:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        os._exit(0)


def _join(pid: int) -> None:
    """Enter the network namespace of a process, and the user namespace that it belongs to."""
    network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    if os.fstat(network).st_ino == Path("/proc/self/ns/net").stat().st_ino:
        raise NetworkSetupError("the sandbox has no network namespace")
    owner = ioctl(network, _NS_GET_USERNS)
    _call(_libc.setns(owner, _CLONE_NEWUSER))
    _call(_libc.setns(network, _CLONE_NEWNET))
    os.close(owner)
    os.close(network)


def _await_way_out(pasta: int) -> None:
    limit = time.monotonic() + _LIMIT
    while time.monotonic() < limit:
        if _default_route():
            return
        if select.select([pasta], [], [], 0.005)[0]:
            raise NetworkSetupError("it ended")
    raise NetworkSetupError("it took too long")


def _default_route() -> bool:
    with open("/proc/self/net/route", encoding="ascii") as table:  # noqa: PTH123  # no pathlib in a hot loop
        if any(line.split()[1] == "00000000" for line in list(table)[1:]):
            return True
    with contextlib.suppress(FileNotFoundError), open("/proc/self/net/ipv6_route", encoding="ascii") as table:  # noqa: PTH123
        return any(line.startswith("0" * 32 + " 00 ") and not line.rstrip().endswith(" lo") for line in table)
    return False


def _deny(networks: list[str]) -> None:
    """Rules come before every route, also before those that appear later; only own addresses come before them."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.bind((0, 0))
        for name in networks:
            network = ipaddress.ip_network(name)
            if network.version == 6 and not Path("/proc/self/net/if_inet6").exists():
                continue
            netlink.sendall(_prohibition(network))
            answer = netlink.recv(_PORTION)
            kind, code = struct.unpack_from("=4xH10xi", answer)
            if kind != _ERROR or code != 0:
                raise NetworkSetupError(f"{name} can't be blocked: {os.strerror(-code)}")


def _prohibition(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bytes:
    """A netlink message for what `ip rule add to NETWORK pref 1 prohibit` does."""
    header = struct.pack(
        "=BBBBBBBBI", _FAMILY[network.version], network.prefixlen, 0, 0, 0, 0, 0, _PROHIBIT, 0
    )
    address = network.network_address.packed
    attributes = (
        struct.pack("=HH", 4 + len(address), _TO) + address + struct.pack("=HHI", 8, _PRIORITY, _FIRST)
    )
    body = header + attributes
    flags = _REQUEST | _ACKNOWLEDGE | _CREATE
    return struct.pack("=IHHII", 16 + len(body), _NEW_RULE, flags, 1, 0) + body


def _drop_privileges() -> None:
    _call(_libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _call(_libc.capset(struct.pack("=II", _CAPABILITY_VERSION, 0), bytes(24)))


async def _serve(listeners: dict[int, int], control: int, pasta: list[int]) -> None:
    """Pass connections on from the host's sockets to the cluster's ports; ends with the parent."""
    gone = asyncio.Event()

    def take_command() -> None:
        said = os.read(control, 4096)
        if not said:
            gone.set()
        for line in said.decode().splitlines():
            with contextlib.suppress(ProcessLookupError, ValueError):
                pasta[:] = [os.pidfd_open(int(line.removeprefix("pasta ")))]

    asyncio.get_running_loop().add_reader(control, take_command)
    for fd, port in listeners.items():
        await asyncio.start_server(_passing_on(port), sock=socket.socket(fileno=fd))
    await gone.wait()


def _passing_on(port: int) -> Any:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, back), _copy(there, writer))
        for end in (back, writer):
            end.close()

    return connected


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_PORTION):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()


def _read_all(fd: int) -> bytes:
    with open(fd, "rb") as file:
        return file.read()


def _call(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _say(sentence: str) -> None:
    sys.stdout.write(f"network: {sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[3:]))
