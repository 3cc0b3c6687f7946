"""Which addresses lead to a run, and which domains Slack knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import load
from bot.wiring.clusters import run_links
from services.targets.run_links import RunLinks

LINKS = RunLinks.of(["https://ray.example.com/", "", "http://127.0.0.1:8265"], "https://raygen.example.com")


@pytest.mark.parametrize(
    ("url", "run"),
    [
        ("https://ray.example.com/#/jobs/raygen-0ab1", "raygen-0ab1"),
        ("https://RAY.example.com/#/jobs/raygen-0ab1/driver", "raygen-0ab1"),
        ("https://raygen.example.com/ray/jobs/raygen-0ab1?x=1", "raygen-0ab1"),
        ("http://127.0.0.1:8265/#/jobs/raygen-0ab1", "raygen-0ab1"),
        ("https://ray.example.com/#/jobs/other-0ab1", None),
        ("https://ray.example.com/#/jobs/raygen-", None),
        ("https://ray.example.com/#/jobs/raygen-%25", None),
        ("https://ray.example.com.evil.test/#/jobs/raygen-0ab1", None),
        ("https://evil.test/?https://ray.example.com/#/jobs/raygen-0ab1", None),
        ("https://raygen.example.com/history/raygen-0ab1", None),
    ],
)
def test_what_leads_to_a_run(url: str, run: str | None):
    assert LINKS.run(url) == run


def test_slack_gets_names_alone():
    assert LINKS.domains == ("ray.example.com", "raygen.example.com")
    assert RunLinks.of(["http://localhost:8265", "http://[::1]:8265", "http://10.0.0.7"]).domains == ()


def test_the_domains_are_those_of_the_settings(tmp_path: Path):
    file = tmp_path / "targets.toml"
    file.write_text(
        '[dev]\n[gpu]\naddress = "http://10.0.0.7:8265"\ndashboard = "https://gpu.example.com/ray"\n'
    )
    links = run_links(load(targets=file, api_url="https://raygen.example.com"))
    assert links.domains == ("gpu.example.com", "raygen.example.com")
    assert links.run("https://gpu.example.com/ray/#/jobs/raygen-1") == "raygen-1"
