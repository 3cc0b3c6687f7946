"""The operator's own configuration of uv or pip: where it says that packages come from, raygen finds them, too."""

from __future__ import annotations

import configparser
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast

from services.environments.terms import PYPI, Configured, Index

_SECTIONS = ("global", "install", "download")


def configured(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> Configured:
    """Uv's configuration where that names an index, otherwise pip's, which may name none.

    Raises SettingsError when an index in it is none.
    """
    home = home or Path.home()
    uv, pip = _uv(environ, home), _pip(environ, home)
    certificates = environ.get("SSL_CERT_FILE") or pip.get("cert", "")
    bundle = Path(certificates) if certificates and Path(certificates).is_file() else None
    constraints = "\n".join(_texts(pip.get("constraint", "").split()))
    if uv:
        return Configured(tuple(uv), certificates=bundle, constraints=constraints)
    links = [Index.parse(text, flat=True) for text in pip.get("find-links", "").split()]
    extra = [Index.parse(text) for text in pip.get("extra-index-url", "").split()]
    main = [] if _true(pip.get("no-index", "")) else [Index.parse(pip.get("index-url", PYPI))]
    if not links and not extra and main == [Index(PYPI)]:
        return Configured(certificates=bundle, constraints=constraints)
    return Configured(
        tuple(dict.fromkeys((*links, *extra, *main))),
        best_match=True,
        certificates=bundle,
        constraints=constraints,
    )


def _pip(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Pip's options by their long names, from its files and then from the environment."""
    files = [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf",
        Path(sys.prefix) / "pip.conf",
    ]
    if chosen := environ.get("PIP_CONFIG_FILE"):
        files = [] if chosen == os.devnull else [*files, Path(chosen)]
    found: dict[str, str] = {}
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            continue
        for section in _SECTIONS:
            if parser.has_section(section):
                found |= dict(parser.items(section))
    for name in ("index-url", "extra-index-url", "find-links", "no-index", "cert", "constraint"):
        if value := environ.get(f"PIP_{name.replace('-', '_').upper()}"):
            found[name] = value
    return found


def _uv(environ: Mapping[str, str], home: Path) -> list[Index]:
    """The indexes in the order in which uv asks them."""
    extra = f"{environ.get('UV_INDEX', '')} {environ.get('UV_EXTRA_INDEX_URL', '')}".split()
    main = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL") or ""
    links = environ.get("UV_FIND_LINKS", "").replace(",", " ").split()
    base = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = (base / "uv" / "uv.toml", Path("/etc/xdg/uv/uv.toml"), Path("/etc/uv/uv.toml"))
    for table in _tables(files):
        extra += _strings(table.get("extra-index-url"))
        links += _strings(table.get("find-links"))
        main = main or next(iter(_strings(table.get("index-url"))), "")
        for index in _dicts(table.get("index")):
            url = str(index.get("url", ""))
            if index.get("default") and not main:
                main = url
            elif url and not index.get("explicit"):
                extra.append(url)
    if not extra and not main and not links:
        return []
    # uv has an index as `name=url`, too.
    urls = [text if text.partition("=")[0].count(":") else text.rpartition("=")[2] for text in extra]
    named = [Index.parse(url) for url in (*urls, main or PYPI)]
    return [*dict.fromkeys((*(Index.parse(link, flat=True) for link in links), *named))]


def _tables(files: Iterable[Path]) -> Iterator[dict[str, object]]:
    for file in files:
        try:
            found: dict[str, object] = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        yield found
        yield from _dicts([found.get("pip")])


def _dicts(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list):
        return []
    found = cast("list[object]", value)
    return [cast("dict[str, object]", each) for each in found if isinstance(each, dict)]


def _strings(value: object) -> list[str]:
    found = cast("list[object]", value) if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, str) and each]


def _texts(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        try:
            yield Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue


def _true(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}
