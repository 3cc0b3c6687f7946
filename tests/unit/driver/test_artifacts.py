"""What a program leaves in its folder, and what is said of the files that don't come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.driver.wrapper.artifacts import ArtifactCollector


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (20, []),
        (21, ["1 more file is not attached, since 20 are the limit"]),
        (3000, ["2,980 more files are not attached, since 20 are the limit"]),
    ],
)
def test_files_beyond_the_limit_are_counted_and_not_called_large(
    tmp_path: Path, number: int, said: list[str]
):
    (tmp_path / "outputs").mkdir()
    collector = ArtifactCollector(str(tmp_path))
    collector.begin()
    for each in range(number):
        (tmp_path / "outputs" / f"{each:04}.csv").write_text("x")
    facts = collector.facts()
    assert [artifact["name"] for artifact in facts["artifacts"]] == [f"{each:04}.csv" for each in range(20)]
    assert facts["dropped"] == said


def test_a_large_file_is_named_with_its_size(tmp_path: Path):
    (tmp_path / "outputs").mkdir()
    collector = ArtifactCollector(str(tmp_path))
    collector.begin()
    with (tmp_path / "outputs" / "model.bin").open("wb") as file:
        file.truncate(16 * 1024**2)
    facts = collector.facts()
    assert facts == {"artifacts": [], "dropped": ["model.bin (16,777,216 bytes) is too large to attach"]}
