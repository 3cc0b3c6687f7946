"""Which data a program gets: what it declares, where its person may use it, and one sentence for the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from services.approvals.coverage import coverage
from services.data.unpacked import UnpackedSamples
from services.domain.connections import (
    Access,
    Connection,
    SchemaChange,
)
from services.domain.destination import Destination
from services.domain.entities import Proposal
from services.domain.errors import DataRefused, NotAllowed
from services.domain.program_facts import binding
from services.domain.program_header import Script, script
from services.domain.provisions import BoundSecret, Provisions
from services.runs.provisions import RunProvisions
from services.secrets.configured import ConfiguredSecrets
from services.secrets.interface import OnTarget, Secret
from services.validation.data import Data
from services.validation.seal import Mounts
from services.validation.supplies import NO_SUPPLIES, Supplies
from tests import builders
from tests.samples import TAKEN, FakeSamples

BOTH = frozenset(Access)
ADA = Destination(user="UADA", channel="CRAY", target="gpu")


def connection(name: str, **rest: object) -> Connection:
    return Connection(name=name, kind="parquet", url=f"s3://lake/{name}", **rest)  # type: ignore[arg-type]


def data(tmp_path: Path, *connections: Connection, change: SchemaChange | None = None) -> Data:
    return Data(FakeSamples(*connections, change=change), UnpackedSamples(tmp_path / "samples"))


def declaring(*lines: str) -> Script:
    body = "\n".join(f"# {line}" for line in ("[tool.raygen.data]", *lines))
    return script(f"# /// script\n{body}\n# ///\n")


async def supplied(
    given: Data, header: Script, asker: Destination | None = ADA, reads: tuple[str, ...] = ()
) -> tuple[Provisions, Mounts]:
    supplies = Supplies(data=given, asker=asker)
    provisions, provided = await supplies.provided(header, reads)
    return provisions, Mounts(None, provided)


async def test_a_declared_connection_is_a_folder_and_a_variable(tmp_path: Path):
    given = data(tmp_path, connection("sales"), connection("scores", access=BOTH))
    provisions, mounts = await supplied(given, declaring('sales = "read"', 'scores = "write"'))
    sales, scores = provisions.connections
    assert (sales.rows, sales.total, sales.unit, sales.sample) == (10, 1000, "rows", "s" * 64)
    assert sales.masked == ("email",)
    assert (scores.sample, scores.location) == ("", "s3://lake/scores")
    assert mounts.variables == {"SALES_URL": "/data/sales", "SCORES_URL": "/tmp/data/scores/scores"}
    assert mounts.written == {"scores": "scores"}
    place = mounts.provided.places[0].sample
    assert place is not None
    assert (place / "part-0.parquet").read_bytes() == b"abc"


async def test_a_sample_is_taken_and_unpacked_once(tmp_path: Path):
    given = data(tmp_path, connection("sales"))
    for _ in range(2):
        await supplied(given, declaring('sales = "read"'))
    assert isinstance(given.samples, FakeSamples)
    assert given.samples.written == 1
    assert [path.name for path in (tmp_path / "samples").iterdir()] == ["s" * 64]


@pytest.mark.parametrize(
    ("limits", "asker"),
    [
        ({"people": frozenset({"UBOB"})}, ADA),
        ({"channels": frozenset({"COTHER"})}, ADA),
        ({"targets": frozenset({"cpu"})}, ADA),
    ],
)
async def test_what_may_not_be_used_is_as_if_it_were_not_there(
    tmp_path: Path, limits: dict[str, frozenset[str]], asker: Destination
):
    given = data(tmp_path, connection("sales", **limits), connection("open"))
    with pytest.raises(DataRefused, match=r"no data connection sales for you here.*: open\."):
        await supplied(given, declaring('sales = "read"'), asker)
    found, _ = await supplied(given, declaring('sales = "read"'), None)
    assert found.connections[0].name == "sales"


async def test_access_beyond_the_connections_is_refused(tmp_path: Path):
    given = data(tmp_path, connection("sales"))
    with pytest.raises(DataRefused, match="allows read only, and the program declares write"):
        await supplied(given, declaring('sales = "read and write"'))


async def test_a_variable_that_is_read_without_its_connection_is_said(tmp_path: Path):
    given = data(tmp_path, connection("sales"))
    with pytest.raises(DataRefused, match='Add `sales = "read"`'):
        await supplied(given, Script(), reads=("SALES_URL",))
    assert (await supplied(given, Script(), reads=("HOME",)))[0] == Provisions()


async def test_without_connections_a_program_that_declares_one_is_refused():
    with pytest.raises(DataRefused, match="RAYGEN_DATA"):
        await NO_SUPPLIES.provided(declaring('sales = "read"'), ())


async def test_a_change_of_the_columns_is_bound_to_the_card(tmp_path: Path):
    change = SchemaChange(added=("region",), retyped=("amount: int64 -> double",), noticed=TAKEN)
    given = data(tmp_path, connection("sales"), change=change)
    provisions, _ = await supplied(given, declaring('sales = "read"'))
    assert provisions.connections[0].changed == "new: region; of another type: amount: int64 -> double"


async def approved(given: Data) -> Proposal:
    provisions, _ = await supplied(given, declaring('sales = "read"'), None)
    return builders.proposal(provisions=provisions, requester="UADA")


async def test_a_run_gets_the_real_location(tmp_path: Path):
    given = data(tmp_path, connection("sales"))
    found = await RunProvisions(given).variables(await approved(given), builders.session(), "gpu")
    assert found == {"SALES_URL": "s3://lake/sales"}


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ([], "can no longer be used here"),
        ([connection("sales", people=frozenset({"UBOB"}))], "can no longer be used here"),
        ([connection("sales", access=frozenset({Access.WRITE}))], "can no longer be used here"),
        ([Connection(name="sales", kind="parquet", url="s3://other")], "was changed after the program was"),
        ([connection("sales", variable="S")], "was changed after the program was"),
    ],
)
async def test_what_has_changed_since_the_approval_is_not_run(
    tmp_path: Path, now: list[Connection], sentence: str
):
    proposal = await approved(data(tmp_path, connection("sales")))
    with pytest.raises(NotAllowed, match=sentence):
        await RunProvisions(data(tmp_path, *now)).variables(proposal, builders.session(), "gpu")


async def test_an_approval_is_bound_to_the_data(tmp_path: Path):
    proposal = await approved(data(tmp_path, connection("sales")))
    (sales,) = proposal.provisions.connections
    others = [
        replace(sales, location="s3://other"),
        replace(sales, sample="0" * 64),
        replace(sales, access=BOTH),
        replace(sales, variable="OTHER"),
    ]
    changed = [replace(proposal, provisions=Provisions(connections=(each,))) for each in others]
    changed.append(replace(proposal, provisions=Provisions()))
    bound = {binding(each, "UADA") for each in (proposal, *changed)}
    assert len(bound) == len(changed) + 1
    assert len({coverage(each).fingerprint for each in (proposal, *changed)}) == len(changed) + 1
    described = replace(proposal, provisions=Provisions(connections=(replace(sales, rows=5),)))
    assert binding(described, "UADA") == binding(proposal, "UADA")


KEY = Secret(name="API_KEY", source=OnTarget(), users=frozenset({"UADA"}), targets=frozenset({"gpu"}))


def needing(*names: str) -> Script:
    lines = "\n".join(f'# {name} = "calls it"' for name in names)
    return script(f"# /// script\n# [tool.raygen.secrets]\n{lines}\n# ///\n")


async def test_a_secret_is_a_dummy_in_the_seal_and_a_name_in_the_approval():
    secrets = ConfiguredSecrets([KEY])
    supplies = Supplies(secrets=secrets, asker=ADA)
    provisions, provided = await supplies.provided(needing("API_KEY"), ())
    assert provisions.secrets == (BoundSecret(name="API_KEY", purpose="calls it", on_target=True),)
    ((name, dummy),) = provided.dummies
    assert (name, secrets.dummies_in(dummy)) == ("API_KEY", ("API_KEY",))


@pytest.mark.parametrize(
    ("names", "asker", "reads", "sentence"),
    [
        (("OTHER",), ADA, (), "no secret OTHER that you can use. You can use API_KEY"),
        (("API_KEY",), replace(ADA, user="UBOB"), (), "no secret API_KEY that you can use"),
        (("API_KEY",), replace(ADA, target="cpu"), (), "can't be used on the target cpu"),
        ((), ADA, ("API_KEY",), 'Add `API_KEY = "what it is for"`'),
    ],
)
async def test_a_secret_that_can_not_be_used_is_a_sentence(
    names: tuple[str, ...], asker: Destination, reads: tuple[str, ...], sentence: str
):
    supplies = Supplies(secrets=ConfiguredSecrets([KEY]), asker=asker)
    with pytest.raises(DataRefused, match=sentence):
        await supplies.provided(needing(*names), reads)
