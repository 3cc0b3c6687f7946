"""The file of rules: what it may say, and one sentence for what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.wiring.approval_rules import read
from services.approvals import SecondApproverConditions
from services.approvals.actions import DEFAULT, Action, Group
from services.domain.errors import SettingsError

GOOD = """
[gpu]
targets = ["gpu"]
channels = ["C0PROD", "direct"]
requester = false
users = ["U01ADA"]
groups = ["S01OPS"]
thread = 3600
[gpu.second]
cpus = 16
gpus = true

[everywhere]
members = true
[everywhere.actions]
stop = ["requester", "members", "everyone"]
share = ["approvers"]
"""


def reported(tmp_path: Path, text: str) -> str:
    file = tmp_path / "approvals.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refusal:
        read(file, ["dev", "gpu"])
    return refusal.value.public


def test_rules_in_their_order(tmp_path: Path):
    file = tmp_path / "approvals.toml"
    file.write_text(GOOD)
    gpu, everywhere = read(file, ["dev", "gpu"]).rules
    assert (gpu.name, gpu.requester, gpu.thread) == ("gpu", False, 3600)
    assert (gpu.users, gpu.groups) == ({"U01ADA"}, {"S01OPS"})
    assert gpu.second == SecondApproverConditions(cpus=16, gpus=True)
    assert (everywhere.name, everywhere.members, everywhere.requester) == ("everywhere", True, None)
    assert gpu.may(Action.STOP) == DEFAULT
    assert everywhere.may(Action.STOP) == {Group.REQUESTER, Group.MEMBERS, Group.EVERYONE}
    assert everywhere.may(Action.SHARE) == {Group.APPROVERS}
    assert everywhere.may(Action.VIEW) == DEFAULT


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "only the last rule must apply everywhere"),
        ("[a]\ntargets = ['gpu']", "only the last rule must apply everywhere"),
        ("[a]\n[b]\ntargets = ['gpu']", "only the last rule must apply everywhere"),
        ("[a]\n[b]", "only the last rule must apply everywhere"),
        ("[a]\ntargets = ['tpu']\n[b]", "a.targets: there is no target 'tpu'. The targets are dev, gpu."),
        ("[a]\nuser = ['U1']", "a.user "),
        ("[a]\nusers = ['ada']", "a.users.0 "),
        ("[a]\nchannels = ['#prod']", "a.channels.0 "),
        ("[a]\napprovals = 0", "a.approvals "),
        ("[a.actions]\nhalt = ['members']", "a.actions.halt"),
        ("[a.actions]\nstop = ['guests']", "a.actions.stop.0 "),
        ("[a.actions]\nstop = []", "a.actions.stop "),
        ("[a.actions]\nstop = true", "a.actions.stop "),
        ("[a.second]\ngpu = true", "a.second.gpu "),
        ("a = 1", "RAYGEN_APPROVALS: a must be an object."),
        ("[a", "isn't valid TOML"),
    ],
)
def test_what_is_wrong_gets_one_sentence(tmp_path: Path, text: str, sentence: str):
    assert sentence in reported(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(SettingsError, match="can't be read"):
        read(tmp_path / "none.toml", [])
