"""The way out of an embedded cluster's network, as it is chosen, told and put into words."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from bot.doctor import targets
from bot.settings import load
from bot.wiring.clusters import opened_targets
from handlers.blocks import tasks
from services.domain.errors import TargetUnavailable
from services.execution import outgoing
from services.execution.outgoing import Outgoing
from tests import builders


def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for name in names:
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_without_pasta_there_is_no_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(tmp_path, monkeypatch)
    assert outgoing.default() is Outgoing.NONE
    assert load(env_file=None).target_network is Outgoing.NONE
    assert "passt" in outgoing.obstacle()
    with pytest.raises(TargetUnavailable, match="passt"):
        outgoing.pasta(Outgoing.INTERNET, "")


def test_pasta_forwards_no_port_either_way_and_maps_nothing_to_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _installed(tmp_path, monkeypatch, "pasta")
    words = " ".join(outgoing.pasta(Outgoing.INTERNET, "nameserver 127.0.0.53\n"))
    for needed in ("--no-map-gw", "-t none", "-u none", "-T none", "-U none", "--dns-forward 198.18.0.53"):
        assert needed in words
    assert outgoing.pasta(Outgoing.NONE, "nameserver 10.0.0.1\n") == []


@pytest.mark.parametrize(
    ("resolv", "told"),
    [
        (
            "nameserver 169.254.169.253\nsearch corp.example\n",
            "nameserver 198.18.0.53\nsearch corp.example\n",
        ),
        ("nameserver ::1\nnameserver 10.0.0.1\n", "nameserver 198.18.0.53\n"),
        ("nameserver fe80::1%eth0\n", "nameserver 2001:db8::53\n"),
        ("# nothing\n", ""),
    ],
)
def test_the_resolver_inside_is_pastas_whatever_the_machine_asks(resolv: str, told: str) -> None:
    assert outgoing.resolv_conf(Outgoing.INTERNET, resolv) == told
    assert outgoing.resolv_conf(Outgoing.NONE, resolv) == ""


def test_the_machines_own_addresses_and_all_link_local_ones_are_shut() -> None:
    shut = [ipaddress.ip_network(name) for name in outgoing.shut(Outgoing.INTERNET)]
    for address in ("169.254.169.254", "169.254.170.2", "fe80::1", "fd00:ec2::254", "127.0.0.1"):
        found = ipaddress.ip_address(address)
        assert any(found in network for network in shut if network.version == found.version), address
    resolver = ipaddress.ip_address("198.18.0.53")
    assert not any(resolver in network for network in shut if network.version == resolver.version)


@pytest.mark.parametrize("network", list(Outgoing))
async def test_doctor_and_card_say_which(network: Outgoing, tmp_path: Path) -> None:
    settings = load(env_file=None, target_network=network, state_dir=tmp_path)
    (finding,) = await targets.check(settings)
    assert f"network: {network}" in finding.found
    assert finding.ok is (network is Outgoing.NONE or not outgoing.obstacle())
    proposal = builders.proposal()
    card = tasks.proposed(builders.card(proposal, network=network))
    assert f"network access: {network}" in str(card.blocks)
    assert "network access" not in str(tasks.proposed(builders.card(proposal)).blocks)


async def test_only_the_local_cluster_is_said_to_have_a_network_of_raygens(tmp_path: Path) -> None:
    settings = load(
        env_file=None, target_network=Outgoing.NONE, ray_address="http://127.0.0.1:9", state_dir=tmp_path
    )
    async with opened_targets(settings) as targets:
        assert [place.terms.network for place in targets] == [""]
