"""Detectors for files: what a call opens, lists, writes or removes, as far as its arguments show."""

from __future__ import annotations

import ast

from services.policy import hosts, paths
from services.policy.evaluate import argument
from services.policy.state import State, shown

_NAMES = (
    "file",
    "path",
    "paths",
    "src",
    "name",
    "filename",
    "filepath",
    "filepath_or_buffer",
    "fname",
    "source",
    "where",
)
_TWO = {"rename", "replace", "symlink", "link", "copy", "copy2", "copyfile", "copytree", "move"}
_REMOVERS = {"rmtree", "remove", "unlink", "removedirs", "move"}
_ON_PATHS = "pathlib.Path()."
_SECOND = {"torch.save", "joblib.dump"}


def touches(state: State, call: ast.Call, name: str) -> None:
    if name.startswith(_ON_PATHS) and isinstance(call.func, ast.Attribute):
        targets: list[ast.expr | None] = [call.func.value]
    elif name in _SECOND:
        targets = [argument(call, 1, "f", "filename")]
    else:
        targets = [argument(call, 0, *_NAMES)]
    verb = name.rpartition(".")[2]
    if verb in _TWO:
        targets.append(argument(call, 0 if name.startswith(_ON_PATHS) else 1, "dst", "target"))
    for target in targets:
        for text in _texts(state, target):
            touch(state, call.lineno, text, removes=verb in _REMOVERS)


def written(state: State, call: ast.Call, _: str) -> None:
    """`frame.to_csv(path)`, `figure.savefig(path)`, `dataset.write_parquet(path)`: known by the method's name."""
    for text in _texts(state, argument(call, 0, "path", "path_or_buf", "fname", "buf")):
        touch(state, call.lineno, text)


def touch(state: State, line: int, text: str, *, removes: bool = False) -> None:
    """Record one path or URL and report what its place calls for."""
    if not text or text.startswith("…") or "\n" in text:
        return
    if hosts.is_url(text):
        state.report("remote-data", line, ", ".join(hosts.named_in(text)) or text)
        return
    path = paths.normal(text)
    state.facts.files[shown(path)] = None
    rule = paths.rule_for(path)
    if removes and paths.is_whole_system(path):
        rule = "wipes-files"
    if rule:
        state.report(rule, line, path)


def _texts(state: State, node: ast.expr | None) -> list[str]:
    value = state.evaluate(node)
    if value.text is not None:
        return [value.text]
    if isinstance(value.node, ast.List | ast.Tuple):
        return [text for item in value.node.elts[:50] if (text := state.evaluate(item).text) is not None]
    return []
