"""What a run will probably cost: from prices, what the program asks for and used, and how long it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.wiring import target_file as targets_file
from services.domain.entities import Proposal
from services.domain.errors import SettingsError
from services.domain.values import Outcome, PolicyReport, Program, Verdict
from services.targets.cost import Estimate, Prices
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms
from tests import builders
from tests.fakes import FakeTarget

PRICES = Prices({"CPU": 0.05, "GPU": 2.0, "memory": 0.01, "tpu": 3.0})
GIB = 1024**3


def estimated(proposal: Proposal, prices: Prices = PRICES, **terms: Any) -> Estimate | None:
    return Targets([ConfiguredTarget(FakeTarget(), TargetTerms(prices=prices, **terms))]).estimate(proposal)


def program(header: str) -> Program:
    lines = "\n".join(f"# {line}" for line in header.splitlines())
    return Program("t", "p", f"# /// script\n# [tool.raygen]\n{lines}\n# ///\nprint(1)\n")


def test_one_cpu_at_least_for_as_long_as_the_validation_took():
    found = estimated(builders.proposal(validation=builders.passed(wall=36.0)))
    assert found is not None
    assert found.money == pytest.approx(0.05 / 100)
    assert found == Estimate(found.money, "USD", 36.0, stated=False, amounts={"CPU": 1.0})
    assert found.sentence() == "under 0.01 USD (36.0 s as in validation, 1 CPU)"


def test_the_time_that_the_header_expects_and_all_that_it_asks_for():
    asks = builders.proposal(
        program=program("wall = 7200\nresources = { CPU = 4, memory = 2147483648 }"),
        policy=PolicyReport(resources={"GPU": 1}),
        validation=builders.passed(wall=2.0, resources={"CPU": 2.0}),
    )
    found = estimated(asks)
    assert found is not None
    assert found.money == pytest.approx(2 * (4 * 0.05 + 2.0 + 2 * 0.01))
    assert found.sentence() == ("about 4.44 USD (2 h 00 min declared, 4 CPUs, 1 GPU, 2.1 GB of memory)")


def test_what_the_validation_used_counts_where_it_is_more():
    used = builders.passed(wall=10.0, cpu=25.0, peak_memory=4 * GIB)
    found = estimated(builders.proposal(validation=used))
    assert found is not None
    assert found.amounts == {"CPU": 2.5, "memory": 4.0 * GIB}
    assert found.money == pytest.approx(10 / 3600 * (2.5 * 0.05 + 4 * 0.01))


def test_what_the_target_gives_a_driver_counts_unless_its_header_asks_for_something():
    given = {"CPU": 8.0}
    found = estimated(builders.proposal(), resources=given)
    assert found is not None
    assert found.amounts == {"CPU": 8.0}
    own = estimated(builders.proposal(program=program("resources = { CPU = 2 }")), resources=given)
    assert own is not None
    assert own.amounts == {"CPU": 2.0}


def test_nothing_is_said_where_nobody_can_know():
    assert estimated(builders.proposal(), Prices()) is None
    assert estimated(builders.proposal(), Prices({"GPU": 2.0})) is None, "it asks for none"
    assert estimated(builders.proposal(validation=builders.passed(wall=None))) is None
    assert estimated(builders.proposal(target="gone")) is None
    assert estimated(builders.proposal(validation=Outcome(verdict=Verdict.UNTRIED, wall=1.0))) is None


def written(path: Path, text: str) -> Path:
    file = path / "targets.toml"
    file.write_text(text)
    return file


def test_prices_in_the_targets_file(tmp_path: Path):
    text = "[a]\nprices = { CPU = 0.04, GPU = 2 }\ncurrency = 'EUR'\n[b]\naddress = 'http://x'\n"
    found = targets_file.read(written(tmp_path, text))
    assert found["a"].terms(3600).prices == Prices({"CPU": 0.04, "GPU": 2.0}, "EUR")
    assert found["b"].terms(3600).prices == Prices()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prices = { CPU = -1 }", "a.prices.CPU"),
        ("prices = { CPU = nan }", "a.prices.CPU"),
        ("prices = { CPU = 'much' }", "a.prices.CPU"),
        ("currency = ''", "a.currency"),
    ],
)
def test_a_price_that_is_none_is_reported(tmp_path: Path, text: str, words: str):
    with pytest.raises(SettingsError) as error:
        targets_file.read(written(tmp_path, f"[a]\n{text}\n"))
    assert words in error.value.public
