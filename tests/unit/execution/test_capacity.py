"""What a run waits for, in words that are true."""

from __future__ import annotations

import pytest

from services.execution.capacity import Capacity, waiting, waiting_for_group

TWO = Capacity(({"CPU": 8.0, "GPU": 2.0, "memory": 8e9, "node:10.0.0.1": 1.0}, {"CPU": 8.0, "TPU": 4.0}))
FULL = Capacity(TWO.nodes, {"GPU": 2.0, "CPU": 9.0})


@pytest.mark.parametrize(
    ("demand", "capacity", "sentence"),
    [
        ({"GPU": 4.0}, TWO, "waiting for 4 GPUs; the cluster has 2"),
        ({"moon": 1.0}, TWO, "waiting for 1 moon; the cluster has none"),
        ({"memory": 64e9}, TWO, "waiting for 64 GB of memory; the cluster has 8.0 GB"),
        ({"CPU": 12.0}, TWO, "waiting for 12 CPUs on one node; no node has more than 8"),
        ({"GPU": 1.0, "TPU": 1.0}, TWO, "waiting for 1 GPU and 1 TPU on one node; no node has all of that"),
        ({"CPU": 1.0, "GPU": 1.0}, FULL, "waiting for 1 GPU; 2 of the cluster's 2 in use"),
        ({"CPU": 1.0}, FULL, ""),
        ({"GPU": 1.0}, TWO, ""),
        ({"CPU_group_0_ab": 1.0, "bundle_group_ab": 0.001}, TWO, ""),
        ({"node:10.0.0.9": 0.001}, TWO, ""),
        ({}, TWO, ""),
    ],
)
def test_sentences(demand: dict[str, float], capacity: Capacity, sentence: str) -> None:
    assert waiting([demand], capacity) == sentence


def test_what_can_never_be_met_comes_first_and_others_work_only_when_asked_for() -> None:
    demands = [{"GPU": 1.0}, {"GPU": 3.0}]
    assert waiting(demands, FULL) == "waiting for 3 GPUs; the cluster has 2"
    assert waiting(demands[:1], FULL, busy=False) == ""
    assert waiting([], FULL) == ""


FOUR = {"CPU": 4.0}


@pytest.mark.parametrize(
    ("bundles", "capacity", "rest"),
    [
        ([FOUR] * 2, Capacity(({"CPU": 2.0},)), "2 × {CPU: 4}; the cluster has 2 CPUs"),
        ([{"GPU": 1.0, **FOUR}], Capacity(({"CPU": 8.0},)), "{GPU: 1, CPU: 4}; the cluster has no GPU"),
        ([{"memory": 64e9}], TWO, "{memory: 64 GB}; the cluster has 8.0 GB of memory"),
        ([FOUR, {"CPU": 9.0}], TWO, "{CPU: 4} and {CPU: 9}; no node has all of {CPU: 9}"),
        ([FOUR] * 2, FULL, "2 × {CPU: 4}; 9 of the cluster's 16 CPUs in use"),
        ([FOUR] * 4, TWO, "4 × {CPU: 4}"),
    ],
)
def test_a_placement_group_that_is_not_placed(
    bundles: list[dict[str, float]], capacity: Capacity, rest: str
) -> None:
    assert waiting_for_group(bundles, capacity) == f"waiting for a placement group of {rest}"


def test_a_program_at_work_is_not_said_to_wait_for_others() -> None:
    assert waiting_for_group([FOUR] * 2, FULL, busy=False) == ""
    assert waiting_for_group([FOUR] * 9, FULL, busy=False)
    assert waiting_for_group([FOUR], Capacity(())) == ""
