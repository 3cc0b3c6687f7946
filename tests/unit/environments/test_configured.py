"""The operator's own configuration of uv and pip says where packages come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.domain.errors import SettingsError
from services.environments.configured import configured
from services.environments.terms import Index


def test_uv_goes_before_pip(tmp_path: Path):
    (tmp_path / ".config" / "uv").mkdir(parents=True)
    text = '[[index]]\nurl = "https://me:pass@a.example/simple/"\n[[index]]\nurl = "https://b.example/simple"\ndefault = true\n'
    (tmp_path / ".config" / "uv" / "uv.toml").write_text(text)

    found = configured({"PIP_INDEX_URL": "https://c.example/simple"}, tmp_path)

    assert [(each.url, each.user, each.password) for each in found.indexes] == [
        ("https://a.example/simple", "me", "pass"),
        ("https://b.example/simple", "", ""),
    ]
    assert not found.best_match
    assert "pass" not in repr(found)


def test_pip_is_asked_otherwise(tmp_path: Path):
    environ = {
        "PIP_INDEX_URL": "https://c.example/simple",
        "PIP_EXTRA_INDEX_URL": "file:///d",
        "PIP_FIND_LINKS": "/e",
    }

    found = configured(environ, tmp_path)

    assert found.indexes == (
        Index("file:///e", flat=True),
        Index("file:///d"),
        Index("https://c.example/simple"),
    )
    assert found.best_match


@pytest.mark.parametrize(
    "url", ["ftp://a.example", "a.example/simple", "https:///simple", "https://a.example:port/"]
)
def test_what_is_no_index_is_refused_without_repeating_it(url: str):
    with pytest.raises(SettingsError) as refused:
        Index.parse(url)
    assert url not in refused.value.public
