"""A machine in small for tests of an embedded cluster's network: with a neighbour, a metadata service and a resolver.

Runs by itself as root of namespaces of its own (`unshare --user --map-root-user --net --mount --fork`), does what its
argument says in the real sandbox of a cluster, and prints a JSON object. Nothing leaves these namespaces.
"""

from __future__ import annotations

import ipaddress
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.execution import cluster, outgoing, sandbox
from services.execution.cluster import Cluster, Size
from services.execution.cluster_directory import ClusterDirectory
from services.execution.outgoing import Outgoing
from services.execution.ports import free_block

LIMIT = 20.0
NEIGHBOUR, NEIGHBOUR_6 = "203.0.113.9", "2001:db8:1::9"
MACHINE, MACHINE_6, OTHER = "203.0.113.1", "2001:db8:1::1", "198.51.100.7"
METADATA = ("169.254.169.254", "fd00:ec2::254", "100.100.100.200")
PORT = 4321

_PEER = """
import socket, sys, threading
def serve(host, family):
    s = socket.create_server((host, {port}), family=family)
    while True:
        s.accept()[0].sendall(b"hello\\n")
threading.Thread(target=serve, args=("0.0.0.0", socket.AF_INET), daemon=True).start()
threading.Thread(target=serve, args=("::", socket.AF_INET6), daemon=True).start()
print("up", flush=True)
sys.stdin.read()
"""

_PROBE = """
import json, os, socket, sys
addresses, denied, path = json.loads(sys.argv[1])
def reached(address):
    try:
        with socket.create_connection((address, {port}), timeout=5) as s:
            return s.recv(6).decode().strip()
    except OSError as error:
        return type(error).__name__
def routed(address):
    with socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect((address, 9))
        except OSError:
            return False
        return True
def abstract():
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.connect("\\0raygen-neighbourhood")
        except OSError as error:
            return type(error).__name__
        return "hello"
def named():
    try:
        return socket.gethostbyname("name.test")
    except OSError as error:
        return type(error).__name__
def writable():
    found = []
    for folder, _, names in os.walk("/proc/sys"):
        for path in [folder + "/" + name for name in names]:
            try:
                os.close(os.open(path, os.O_WRONLY))
                found.append(path)
            except OSError:
                pass
    for path in ("/proc/sysrq-trigger", "/proc/acpi/wakeup", "/proc/scsi/scsi", "/proc/pressure/memory"):
        try:
            os.close(os.open(path, os.O_WRONLY))
            found.append(path)
        except OSError:
            pass
    return found
told = dict(writable=writable(), reached={{a: reached(a) for a in addresses}}, routed=[a for a in denied if routed(a)],
            abstract=abstract(), named=named())
open(path + ".half", "w").write(json.dumps(told))
os.rename(path + ".half", path)
import time
time.sleep(60)
"""


def main(what: str, mode: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _furnish(Path(folder))
        told = {"reach": reach, "endings": endings}[what](Path(folder), Outgoing(mode))
    print(json.dumps(told))  # noqa: T201  # the answer
    sys.stdout.flush()
    os._exit(0)


def reach(folder: Path, mode: Outgoing) -> dict[str, Any]:
    """What answers a program in the sandbox and, for comparison, one on the machine itself."""
    _listen(PORT)
    addresses = ["127.0.0.1", "::1", MACHINE, MACHINE_6, OTHER, *METADATA, NEIGHBOUR, NEIGHBOUR_6]
    inside = _Inside(folder, mode, addresses, _shut_addresses())
    told = inside.told()
    inside.cluster.end()
    told["machine"] = {address: _reached(address) for address in addresses}
    return told


def endings(folder: Path, mode: Outgoing) -> dict[str, Any]:
    """Kills the processes beside a sandbox one after the other, and tells what became of the rest."""
    told: dict[str, Any] = {}
    inside = _Inside(folder, mode, [], [])
    inside.told()
    pasta = inside.beside()[2]
    os.kill(pasta, signal.SIGKILL)
    told["new pasta"] = _soon(lambda: inside.beside()[2] not in {0, pasta}) and inside.cluster.alive()
    for at, name in enumerate(("helper", "relay")):
        beside, lost = inside.beside(), inside.cluster
        os.kill(beside[at], signal.SIGKILL)
        told[f"all gone after {name}"] = _soon(lambda: not lost.alive() and not _any(beside))  # noqa: B023
        inside = _Inside(folder / name, mode, [], [])
        inside.told()
    beside = inside.beside()
    inside.cluster.end()
    told["all gone after the cluster"] = _soon(lambda: not _any(beside))
    return told


class _Inside:
    """A program in the sandbox of a cluster without Ray."""

    def __init__(self, folder: Path, mode: Outgoing, addresses: list[str], denied: list[str]) -> None:
        folder.mkdir(exist_ok=True)
        home = ClusterDirectory(folder / "target")
        home.prepare()
        directory = home.root / "c-1"
        view = cluster._furnish(directory, home, "token", Size(), mode)
        argument = json.dumps([addresses, denied, f"{sandbox.RAY_DIR}/told"])
        command = [sys.executable, "-c", _PROBE.format(port=PORT), argument]
        cluster._spawn(directory, free_block(), mode, list(sandbox.arguments(view)), command)
        pid = cluster._await_pid(directory)
        born = cluster._born(pid)
        assert born is not None
        self.cluster = Cluster(directory, 0, "", pid, born, mode)
        self._told = directory / "ray" / "told"

    def told(self) -> dict[str, Any]:
        assert _soon(self._told.exists), (self.cluster.directory / "out.log").read_text()
        return json.loads(self._told.read_text())

    def beside(self) -> tuple[int, int, int]:
        """The processes that are there for the sandbox: the helper, its relay, and pasta (0 while there is none)."""
        monitor = _parent(self.cluster.pid)
        helper = _parent(monitor)
        others = [pid for pid in _children(helper) if pid != monitor]
        pasta = next((pid for pid in others if "passt" in str(Path(f"/proc/{pid}/exe").readlink())), 0)
        return helper, next(pid for pid in others if pid != pasta), pasta


def _shut_addresses() -> list[str]:
    """Some addresses of every network that has to stay out of reach but is not the sandbox's own loopback."""
    chance = random.Random(1)
    found: list[str] = []
    for name in outgoing.shut(Outgoing.INTERNET):
        network = ipaddress.ip_network(name)
        if not network.is_loopback and name.split("/")[0] not in {MACHINE, MACHINE_6, "0.0.0.0"}:
            found += [str(network[chance.randrange(network.num_addresses)]) for _ in range(20)]
    return [address for address in found if not address.startswith("0.") and not address.startswith("ff")]


def _furnish(folder: Path) -> None:
    _run("ip link set lo up")
    _run("ip link add out0 type veth peer name in0")
    peer = subprocess.Popen(
        ["unshare", "--net", sys.executable, "-c", _PEER.format(port=PORT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert peer.stdout is not None
    assert peer.stdout.readline() == b"up\n"
    _run(f"ip link set in0 netns {peer.pid}")
    within = f"nsenter --target {peer.pid} --net --"
    _run(f"ip address add {MACHINE}/24 dev out0", f"ip address add {MACHINE_6}/64 dev out0 nodad")
    _run(f"ip address add {OTHER}/32 dev lo")
    for address in (f"{NEIGHBOUR}/24", f"{NEIGHBOUR_6}/64 nodad", *METADATA):
        host, _, rest = address.partition(" ")
        _run(f"{within} ip address add {host} dev in0 {rest}")
    _run(f"{within} ip link set lo up", f"{within} ip link set in0 up", "ip link set out0 up")
    _run(f"ip route add default via {NEIGHBOUR}", f"ip -6 route add default via {NEIGHBOUR_6}")
    resolv = folder / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.1\n")
    _run(f"mount --bind {resolv} /etc/resolv.conf")
    threading.Thread(target=_resolve, daemon=True).start()


def _resolve() -> None:
    """Answers every question for an IPv4 address with 192.0.2.99."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        while True:
            asked, who = server.recvfrom(4096)
            end = asked.index(b"\0", 12) + 5
            answer = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04" + socket.inet_aton("192.0.2.99")
            server.sendto(asked[:2] + b"\x81\x80\0\x01\0\x01\0\0\0\0" + asked[12:end] + answer, who)


def _listen(port: int) -> None:
    for host, family in (("0.0.0.0", socket.AF_INET), ("::", socket.AF_INET6)):  # in a namespace
        server = socket.create_server((host, port), family=family)
        threading.Thread(target=_greet, args=(server,), daemon=True).start()
    unix = socket.socket(socket.AF_UNIX)
    unix.bind("\0raygen-neighbourhood")
    unix.listen()
    threading.Thread(target=_greet, args=(unix,), daemon=True).start()


def _greet(server: socket.socket) -> None:
    while True:
        server.accept()[0].sendall(b"hello\n")


def _reached(address: str) -> str:
    try:
        with socket.create_connection((address, PORT), timeout=5) as connection:
            return connection.recv(6).decode().strip()
    except OSError as error:
        return type(error).__name__


def _run(*lines: str) -> None:
    for line in lines:
        subprocess.run(line.split(), check=True, timeout=LIMIT)


def _soon(what: Callable[[], bool]) -> bool:
    limit = time.monotonic() + LIMIT
    while time.monotonic() < limit:
        try:
            if what():
                return True
        except (OSError, StopIteration):  # a process that has just gone
            pass
        time.sleep(0.02)
    return False


def _any(pids: tuple[int, ...]) -> bool:
    return any(cluster._born(pid) is not None for pid in pids if pid)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main(*sys.argv[1:])
