"""Named targets: what their file may say, who may use them, and what a proposal is bound to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.doctor.targets import check as doctor
from bot.playground.slack.blockkit import check
from bot.playground.slack.rules import Rules
from bot.settings import load
from bot.wiring import target_file as targets_file
from handlers.blocks import action_ids
from handlers.blocks import runs as run_blocks
from handlers.blocks import targets as target_blocks
from handlers.blocks import tasks as task_blocks
from services.domain.connections import Access
from services.domain.entities import ProposalStatus
from services.domain.errors import BadRequest, NotAllowed, Outdated, SettingsError
from services.domain.locks import Lock, LockedPackage
from services.domain.program_header import Script
from services.domain.provisions import BoundConnection
from services.domain.target_profile import TargetProfile
from services.domain.values import Program
from services.execution.state import ClusterState, Share, cluster_state
from services.store import Store, open_database
from services.targets.profiles import Profiles
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms, TargetView
from tests import builders
from tests.databases import database
from tests.deciding import approve, deciding, retarget, run_steps
from tests.fakes import FakeTarget, RecordingNotifier, approving

FILE = """
[shared]
address = "https://ray.example.com"
token_env = "SHARED_TOKEN"
limits = { CPU = 4 }

[dev]
default = true
wall_limit = 60
runs = 4

[gpu]
kubernetes = "ml/trainer"
token = "secret"
users = ["UADMIN"]
packages = true
"""


def written(path: Path, text: str) -> Path:
    file = path / "targets.toml"
    file.write_text(text)
    return file


def test_its_own_cluster_has_the_packages_that_a_program_was_validated_with():
    lock = Lock(requirements="polars==1.0", packages=(LockedPackage(name="polars", version="1.0"),))
    needs = Script(packages=("polars",))
    assert TargetTerms(own=True).objection(builders.passed(), needs, lock) is None
    calls = Script(hosts=("api.example.com",))
    assert TargetTerms(network="internet").objection(builders.passed(), calls) is None
    refused = TargetTerms(network="none").objection(builders.passed(), calls)
    assert refused == "gives programs no network, and the program calls api.example.com"
    sales = BoundConnection(
        name="sales",
        access=frozenset({Access.READ}),
        kind="parquet",
        location="s3://lake/sales",
        variable="SALES_URL",
    )
    own = TargetTerms(own=True, network="none")
    for location, why in (("s3://lake/sales", "no network"), ("/lake/sales", "this machine's files")):
        bound = replace(sales, location=location)
        refused = own.objection(builders.passed(), Script(), connections=[bound])
        assert why in (refused or "")
        assert location in (refused or "")
        assert TargetTerms().objection(builders.passed(), Script(), connections=[bound]) is None
    assert TargetTerms(packages=True).objection(builders.passed(), needs, lock) is None
    assert (
        TargetTerms().objection(builders.passed(), Script(), lock)
        == "installs no packages, and the program needs polars"
    )


def test_the_file_names_targets_with_the_default_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHARED_TOKEN", "t0ken")
    found = targets_file.read(written(tmp_path, FILE))
    assert list(found) == ["dev", "shared", "gpu"]
    assert [each.url for each in found.values()] == [
        None,
        "https://ray.example.com",
        "http://trainer-head-svc.ml.svc:8265",
    ]
    assert [each.secret() for each in found.values()] == [None, "t0ken", "secret"]
    assert [each.terms(3600).wall_limit for each in found.values()] == [60, 3600, 3600]
    assert [each.terms(3600).runs for each in found.values()] == [4, None, None]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no targets"),
        ("[a", "isn't valid TOML"),
        ("[a]\nadress = 'http://x'\n", "a.adress isn't a known name"),
        ("[a]\naddress = 'ray://x'\n", "a.address must start with `http://` or `https://`"),
        (
            "[a]\naddress = 'http://x'\nkubernetes = 'y'\n",
            "a has both `address` and `kubernetes`: remove one.",
        ),
        ("['a b']\n", "isn't a target's name"),
        ("[a]\nruns = 0\n", "a.runs must be at least 1"),
        ("[a]\ndefault = true\n[b]\naddress='http://x'\ndefault = true\n", "both the default"),
        ("[a]\n[b]\n", "there is only one local cluster"),
    ],
)
def test_a_wrong_file_is_reported_in_one_sentence(tmp_path: Path, text: str, words: str):
    with pytest.raises(SettingsError, match="RAYGEN_TARGETS") as error:
        targets_file.read(written(tmp_path, text))
    assert words in error.value.public


def test_a_token_that_is_not_there_is_named(tmp_path: Path):
    target = targets_file.read(written(tmp_path, "[a]\naddress='http://x'\ntoken_env='NOT_SET_ANYWHERE'\n"))[
        "a"
    ]
    with pytest.raises(SettingsError, match="NOT_SET_ANYWHERE is not set"):
        target.secret()


DEV = ConfiguredTarget(FakeTarget(name="dev"), TargetTerms(runs=4))
SMALL = ConfiguredTarget(FakeTarget(name="small"), TargetTerms(limits={"CPU": 2, "GPU": 0}))
GPU = ConfiguredTarget(FakeTarget(name="gpu"), TargetTerms(users=frozenset({"UADMIN"}), packages=True))
ALL = Targets([DEV, SMALL, GPU])


def test_people_are_offered_what_is_open_to_them():
    assert [place.name for place in ALL.open_to("UENGINEER")] == ["dev", "small"]
    assert ALL.first_for("UENGINEER", "gpu", "", "small") == "small", "the first wanted one that is open"
    assert ALL.first_for("UENGINEER", "gpu", "gone") == "dev"
    assert ALL.first_for("UENGINEER") == "dev"
    with pytest.raises(NotAllowed, match="don't have access to the target"):
        ALL.admit("gpu", "UENGINEER")
    with pytest.raises(Outdated, match="The target gone no longer exists"):
        ALL.admit("gone", "UENGINEER")


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        (
            "small",
            "",
            "allows at most 2 CPUs for one task, actor or driver, and this program requests 4 CPUs",
        ),
        ("dev", "# /// script\n# dependencies = ['polars']\n# ///\n", "installs no packages"),
        ("gpu", "# /// script\n# dependencies = ['polars']\n# ///\n", ""),
        ("dev", "# /// script\n# dependencies = ['../x']\n# ///\n", "only names with versions"),
        ("dev", "", ""),
        ("gone", "", "The target gone no longer exists"),
    ],
)
def test_what_a_target_has_against_a_program(target: str, code: str, words: str):
    proposal = builders.proposal(
        target=target, program=Program("t", "p", code), validation=builders.passed(resources={"CPU": 4.0})
    )
    objection = ALL.objection(proposal)
    assert words in objection
    assert bool(words) == bool(objection)


OWN = """
[gpu]
address = "https://ray.example.com"

[gpu.validation]
{}
"""


def test_a_target_can_name_a_validation_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VALIDATION_TOKEN", "t0ken")
    text = OWN.format(
        'kubernetes = "ml/trial"\ntoken_env = "VALIDATION_TOKEN"\nheaders = { A = "b" }\nwall_limit = 300'
    )
    (found,) = targets_file.read(written(tmp_path, text)).values()
    assert found.validation is not None
    assert (found.validation.url, found.validation.secret()) == ("http://trial-head-svc.ml.svc:8265", "t0ken")
    assert found.terms(3600).validation_wall == 300
    assert targets_file.read(written(tmp_path, FILE))["gpu"].validation is None


async def test_the_doctor_looks_at_validation_clusters(tmp_path: Path):
    file = written(
        tmp_path,
        OWN.replace("https://ray.example.com", "http://127.0.0.1:9").format(
            'address = "http://u:pw@127.0.0.1:7"'
        ),
    )
    target, validation = await doctor(load(targets=file))
    assert (target.part, target.ok) == ("target gpu", False)
    assert (validation.part, validation.ok) == ("validation of gpu", False)
    assert "pw" not in f"{validation.found} {validation.advice}"
    assert "can't be reached" in validation.advice
    _, refused = await doctor(load(targets=file, supervisor="agentcore"))
    assert refused.advice.startswith("RAYGEN_TARGETS: gpu.validation requires RAYGEN_SUPERVISOR=embedded.")


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("wall_limit = 300", "gpu.validation has no `address` and no `kubernetes`: add one."),
        ('address = "ray.example.com"', "gpu.validation.address must start with `http://` or `https://`."),
        ('address = "http://a:1"\nusers = ["U01ABC"]', "gpu.validation.users isn't a known name."),
        (
            'address = "https://RAY.example.com/"',
            "gpu.validation is the cluster of the target gpu, where programs would run before anybody has approved them: name a cluster that is only for validation.",
        ),
    ],
)
def test_a_validation_cluster_has_to_be_one_of_its_own(tmp_path: Path, keys: str, fault: str):
    with pytest.raises(SettingsError) as raised:
        targets_file.read(written(tmp_path, OWN.format(keys)))
    assert raised.value.public == f"RAYGEN_TARGETS: {fault}"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        store = Store(engine)
        await store.sessions.ensure(builders.session())
        await store.tasks.add(builders.proposed_task())
        await store.proposals.draft(builders.proposal(target="dev"))
        await store.proposals.move("p_1", ProposalStatus.OPEN)
        yield store


async def test_an_approval_is_bound_to_the_target_that_the_card_shows(store: Store):
    notifier = RecordingNotifier()
    decisions = deciding(store, notifier, ALL, approving(store))
    digest = (await store.proposals.get("p_1")).program.sha256
    await retarget(decisions, "p_1", "small", "UENGINEER")
    with pytest.raises(Outdated, match="another target than small"):
        await approve(decisions, "p_1", "UAPPROVER", digest=digest, target="dev")
    with pytest.raises(NotAllowed, match="don't have access to the target"):
        await retarget(decisions, "p_1", "gpu", "UENGINEER")
    await approve(decisions, "p_1", "UAPPROVER", digest=digest, target="small")
    runs = run_steps(decisions)
    await runs.open("p_1")
    await runs.submit("p_1")
    assert list(SMALL.target.jobs) == ["raygen-1"]
    assert DEV.target.jobs == {}
    with pytest.raises(Outdated, match="already been approved"):
        await retarget(decisions, "p_1", "dev", "UENGINEER")
    SMALL.target.jobs.clear()


def test_the_card_has_a_menu_where_there_is_a_choice():
    proposal = builders.proposal(target="dev")
    card = task_blocks.proposed(
        builders.card(proposal, targets=("dev", "small"), objection="The target dev is small.")
    )
    check.message_blocks(card.blocks, Rules())
    (menu,) = [each for each in card.blocks[-2]["elements"] if each["type"] == "static_select"]
    assert menu["initial_option"]["text"]["text"] == "Run on dev"
    assert [action_ids.split_value(option["value"])[::2] for option in menu["options"]] == [
        ("p_1", "dev"),
        ("p_1", "small"),
    ]
    assert "The target dev is small." in str(card.blocks)
    different = task_blocks.proposed(builders.card(proposal, differences="Validated with Ray 2.60; <!here>"))
    check.message_blocks(different.blocks, Rules())
    assert "Validated with Ray 2.60; &lt;!here&gt;" in str(different.blocks)
    alone = task_blocks.proposed(builders.card(proposal, targets=("dev",)))
    assert "static_select" not in str(alone.blocks)


def test_targets_are_shown_as_they_are():
    up = ClusterState("", "2.60.0", 2, {"CPU": Share(1, 4), "memory": Share(0, 2 * 10**9)}, 3)
    found = [(DEV, up), (SMALL, ClusterState(problem="It can't be reached <!channel>.")), (GPU, up)]
    message = target_blocks.targets(found, "UENGINEER")
    check.message_blocks(message.blocks, Rules())
    dev, small, gpu = (block["text"]["text"] for block in message.blocks)
    assert "(default)" in dev
    assert "3 of 4 CPUs free" in dev
    assert "3 tasks or actors waiting" in dev
    assert "up to 4 runs at a time" in dev
    assert "down. It can't be reached &lt;!channel&gt;." in small
    assert "you don't have access" in gpu


UP = ClusterState("", "2.60.0", 1)


def test_a_target_is_shown_with_what_it_has():
    packages = {f"package-{number:04}": "1.0+cu124" for number in range(2000)}
    profile = TargetProfile(
        python="3.11.2", ray="2.9.3", packages=packages, nodes=3, gpus=8.0, accelerators=("A100",)
    )
    message = target_blocks.target(TargetView(DEV, UP, profile), "UENGINEER")
    check.message_blocks(message.blocks, Rules())
    text = str(message.blocks)
    assert "Python 3.11.2 · Ray 2.9.3 · 8 GPUs · accelerator types: A100 · 1 of 3 nodes answered" in text
    assert "*2,000 packages* installed on all nodes of dev that answered" in text
    shown = text.count("+cu124")
    assert shown > 100
    assert f"and {2000 - shown} more" in text


def test_what_is_not_known_of_a_target_is_unknown():
    assert "is unknown for now" in str(target_blocks.target(TargetView(DEV, UP), "UENGINEER").blocks)
    down = ClusterState(problem="It is not responding.")
    assert [
        len(target_blocks.target(TargetView(*place), "UENGINEER").blocks)
        for place in ((DEV, down), (GPU, UP))
    ] == [1, 1]


async def test_only_those_who_can_use_a_target_learn_what_it_has():
    place = ConfiguredTarget(FakeTarget(name="gpu"), TargetTerms(users=frozenset({"UAPPROVER"})))
    targets = Targets([place], Profiles(own={"gpu": TargetProfile(python="3.11.2")}))
    assert (await targets.closer_look("gpu", "UENGINEER")).profile is None
    assert (await targets.closer_look("gpu", "UAPPROVER")).profile == TargetProfile(python="3.11.2")
    with pytest.raises(BadRequest, match="No target has that name"):
        await targets.closer_look("other", "UAPPROVER")


@pytest.mark.parametrize("reported", [None, {}, {"data": {"clusterStatus": None}}, {"data": 7}, []])
def test_a_cluster_that_reports_little_is_up_all_the_same(reported: object):
    assert cluster_state("2.60.0", reported) == ClusterState(version="2.60.0")


def test_a_run_links_to_its_page_on_the_dashboard():
    there = Targets(
        [ConfiguredTarget(FakeTarget(name="shared"), TargetTerms(dashboard="https://ray.example.com/"))]
    )
    link = there.link(builders.run(target="shared"))
    assert link == "https://ray.example.com/#/jobs/raygen-1"
    message = run_blocks.running(builders.run(target="shared"), builders.proposal(), link=link)
    assert f"<{link}|dashboard>" in str(message.blocks)
    assert ALL.link(builders.run(target="dev")) == ""
