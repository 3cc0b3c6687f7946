"""What of Ray's own lines a program's output shows: nothing of its logs, its events on stderr."""

import pytest

from services.driver.wrapper.session import _print_plainly
from services.driver.wrapper.tail import PROGRESS_BAR


@pytest.fixture(autouse=True)
def _a_cluster_with_the_first_autoscaler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ray.autoscaler.v2.utils.is_autoscaler_v2", lambda: False)


def shown(capsys: pytest.CaptureFixture[str], pid: str, *lines: str, is_err: bool = False) -> tuple[str, str]:
    _print_plainly({"pid": pid, "is_err": is_err, "lines": list(lines)})
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_a_workers_lines_are_as_it_wrote_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "17", "", "(raylet) mine", "autoscaler.py:469") == (
        "\n(raylet) mine\nautoscaler.py:469\n",
        "",
    )
    assert shown(capsys, "17", "oh", is_err=True) == ("", "oh\n")


def test_the_autoscalers_log_is_not_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "autoscaler", "2026-11-21 INFO autoscaler.py:469 -- took 0.001 seconds") == ("", "")


def test_the_autoscalers_events_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = shown(capsys, "autoscaler", "2026-11-21 INFO :event_summary:Adding 1 node(s) of type gpu.")
    assert out == ""
    assert err.endswith("(autoscaler) Adding 1 node(s) of type gpu.\n")


def test_that_a_worker_had_already_ended_is_not_output(capsys: pytest.CaptureFixture[str]) -> None:
    gone = "[2026-11-29 19:35:35,182 E 293 293] (raylet) process.cc:120: Process 31 does not exist."
    killed = "[2026-11-29 19:35:35,182 E 293 293] (raylet) node_manager.cc:9: 1 Workers killed due to memory pressure"
    assert shown(capsys, "raylet", gone, killed) == ("", f"(raylet) {killed}\n")
    assert shown(capsys, "17", gone) == (f"{gone}\n", ""), "a worker's own line"


def test_the_data_of_a_progress_bar_is_not_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "17", "before", f'{{"{PROGRESS_BAR}": true, "x": 1}}') == ("before\n", "")


def test_rays_note_after_a_line_without_an_end_is_not_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "17", "part 1:task_name:two", "whole 2") == ("part 1whole 2\n", "")
    assert shown(capsys, "17", "the prefix is :task_name: here") == ("the prefix is :task_name: here\n", "")
