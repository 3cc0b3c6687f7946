"""Detectors for what a program asks of a cluster: its address, environments, resources, other people's actors."""

from __future__ import annotations

import ast

from services.policy import files, hosts
from services.policy.evaluate import argument, keyword
from services.policy.state import State

_FETCHES = ("pip", "uv", "conda", "container", "image_uri")
_UPLOADS = ("working_dir", "py_modules")
_RESOURCES = {
    "num_cpus": "CPU",
    "num_gpus": "GPU",
    "memory": "memory",
    "object_store_memory": "object_store_memory",
}
_RAYGEN_CHOOSES = {"auto", "local", ""}


def init(state: State, call: ast.Call, _: str) -> None:
    address = state.evaluate(argument(call, 0, "address")).text
    if address is not None and address not in _RAYGEN_CHOOSES and not address.startswith("…"):
        named = hosts.named_in(address) or [hosts.without_port(address)]
        state.facts.hosts[named[0]] = None
        state.report("hardcoded-cluster", call.lineno, named[0])
    asks(state, call, "")


def asks(state: State, call: ast.Call, _: str) -> None:
    """Resources, runtime environment, name and lifetime: the keywords of ray.remote, options and init."""
    for word in call.keywords:
        if word.arg in _RESOURCES:
            _ask(state, _RESOURCES[word.arg], word.value)
        elif word.arg == "resources":
            for kind, amount in _items(state, word.value):
                _ask(state, kind, amount)
        elif word.arg == "runtime_env":
            _environment(state, call.lineno, _items(state, word.value))
        elif word.arg == "lifetime" and state.evaluate(word.value).text == "detached":
            state.report("detached", call.lineno, "an actor or placement group")
        elif word.arg == "name":
            name = state.evaluate(word.value).text
            state.facts.own_actors.add(name or "…")


def runtime_env(state: State, call: ast.Call, _: str) -> None:
    _environment(state, call.lineno, [(word.arg or "", word.value) for word in call.keywords])


def placement_group(state: State, call: ast.Call, _: str) -> None:
    """A placement group asks for all of its bundles at once."""
    totals: dict[str, float] = {}
    bundles = state.evaluate(argument(call, 0, "bundles")).node
    for bundle in bundles.elts[:1000] if isinstance(bundles, ast.List) else []:
        for kind, amount in _items(state, bundle):
            totals[kind] = totals.get(kind, 0) + (state.evaluate(amount).number or 0)
    for kind, total in totals.items():
        _at_least(state, kind, total)
    if state.evaluate(keyword(call, "lifetime")).text == "detached":
        state.report("detached", call.lineno, "a placement group")


def scaling(state: State, call: ast.Call, _: str) -> None:
    """Ray Train's ScalingConfig: workers times what each takes."""
    workers = state.evaluate(argument(call, 1, "num_workers")).number or 1
    gpus = keyword(call, "use_gpu")
    each = {"GPU" if isinstance(gpus, ast.Constant) and gpus.value is True else "CPU": 1.0}
    for kind, amount in _items(state, keyword(call, "resources_per_worker")):
        each[kind] = state.evaluate(amount).number or 0
    for kind, amount in each.items():
        _at_least(state, kind, workers * amount)


def kill(state: State, call: ast.Call, _: str) -> None:
    """Judged when the walk is over, since an actor may be named after the line that kills it."""
    value = call.args[0] if call.args else None
    actor = state.evaluate(value)
    if actor.name != "ray.get_actor()":
        return
    state.facts.kills.append((call.lineno, actor.text))


def judge_kills(state: State) -> None:
    own = state.facts.own_actors
    for line, name in state.facts.kills:
        maybe_own = name in own or "…" in own or (name is None and own)
        if not maybe_own:
            state.report("kills-foreign-actor", line, name or "found by its name")


def _environment(state: State, line: int, items: list[tuple[str, ast.expr]]) -> None:
    for key, value in items:
        if key in _FETCHES and not (isinstance(value, ast.Constant) and value.value is None):
            state.report("runtime-env", line, key)
        elif key in _UPLOADS:
            text = state.evaluate(value).text
            if text:
                files.touch(state, line, text)
        elif key == "env_vars":
            for name, _ in _items(state, value):
                state.facts.environment[name] = None


def _items(state: State, node: ast.expr | None) -> list[tuple[str, ast.expr]]:
    """The literal keys of a dict display, or of a variable that holds one, with their values."""
    display = state.evaluate(node).node
    if not isinstance(display, ast.Dict):
        return []
    pairs = zip(display.keys[:200], display.values[:200], strict=True)
    return [(text, value) for key, value in pairs if key and (text := state.evaluate(key).text)]


def _ask(state: State, kind: str, amount: ast.expr) -> None:
    number = state.evaluate(amount).number
    if number is not None:
        _at_least(state, kind, number)


def _at_least(state: State, kind: str, number: float) -> None:
    """The largest request of each kind: what one task, actor or group needs to be scheduled at all."""
    if number > 0:
        state.facts.resources[kind] = max(state.facts.resources.get(kind, 0), number)
