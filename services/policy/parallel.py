"""Detectors for Ray's own anti-patterns, as its documentation lists them."""

from __future__ import annotations

import ast

from services.policy.evaluate import argument, evaluate
from services.policy.scopes import Scope
from services.policy.state import Get, Loop, LoopSubmission, State
from services.policy.values import Kind, Value

LARGE = 1_000_000
_MANY = 100_000
_OVERHEAD = 1_000
_MOST = 10**15
MUTATORS = frozenset(
    (
        "append",
        "extend",
        "insert",
        "add",
        "update",
        "remove",
        "discard",
        "pop",
        "popitem",
        "clear",
        "setdefault",
        "appendleft",
        "extendleft",
    )
)


def submits(state: State, call: ast.Call, _: str) -> None:
    """A `.remote(…)` call: how often, of what, and with which arguments."""
    func = call.func
    target = state.evaluate(func.value) if isinstance(func, ast.Attribute) else None
    if target is None or target.name == "ray":
        return
    if state.loops:
        definition = target.definition
        tiny = target.kind is Kind.REMOTE_FUNCTION and definition is not None and definition.tiny
        state.loops[-1].submissions.append(LoopSubmission(call.lineno, tiny))
    for arg in (*call.args, *(word.value for word in call.keywords)):
        if isinstance(arg, ast.Name):
            _passes(state, arg)
        elif isinstance(arg, ast.Call) and state.evaluate(arg.func).name == "ray.get":
            state.report("needless-get", arg.lineno, _call_text(arg))


def _passes(state: State, arg: ast.Name) -> None:
    found = state.scope.find(arg.id)
    if found is None or found[0].size < LARGE or found[0].kind in {Kind.PUT, Kind.REF}:
        return
    if state.loops:
        state.loops[-1].large.append((arg.lineno, arg.id))
        return
    key = (id(found[1]), arg.id)
    state.passed_large[key] = state.passed_large.get(key, 0) + 1
    if state.passed_large[key] == 2:
        state.report("large-argument", arg.lineno, arg.id, once=True)


def waits(state: State, call: ast.Call, name: str) -> None:
    """`ray.get` and `ray.wait`: they bound a loop, serialise it, or block an event loop."""
    for loop in state.loops:
        loop.waits = True
    if state.scope.remote and isinstance(state.scope.function, ast.AsyncFunctionDef):
        state.report("blocking-get-in-async", call.lineno, name)
    if name == "ray.get" and state.loops:
        made = _made_in_this_iteration(state, argument(call, 0, "object_refs"))
        if made is not None:
            _remember(state, call, made)


def _made_in_this_iteration(state: State, node: ast.expr | None) -> ast.Call | None:
    if isinstance(node, ast.Name):
        return state.loops[-1].fresh.get(node.id)
    return node if isinstance(node, ast.Call) and is_remote_call(node) else None


def is_remote_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "remote"


def _remember(state: State, get: ast.Call, made: ast.Call) -> None:
    loop = state.loops[-1]
    func = made.func
    target = state.evaluate(func.value) if isinstance(func, ast.Attribute) else None
    task = target is not None and target.kind is Kind.REMOTE_FUNCTION
    if not loop.comprehension and (state.guards > loop.guards or loop.endless):
        return
    rule = "ray-get-in-loop" if task or loop.comprehension else "ray-get-actor-in-loop"
    names = frozenset(
        node.id for arg in _arguments(made) for node in ast.walk(arg) if isinstance(node, ast.Name)
    )
    loop.gets.append(Get(get.lineno, rule, _call_text(made), names))


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(word.value for word in call.keywords)]


def _call_text(call: ast.Call) -> str:
    parts: list[str] = []
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute) and len(parts) < 5:
        parts.append(node.attr)
        node = node.value
    head = node.id if isinstance(node, ast.Name) else "…"
    return ".".join([head, *reversed(parts)]) + "(…)"


def leave_loop(state: State, loop: Loop) -> None:
    """Judge a loop once all of it was seen, and hand what is undecided to the loop around it."""
    if loop.endless and not loop.leaves:
        state.report("endless-loop", loop.line)
        if loop.submissions and not loop.waits:
            state.report("unbounded-submission", loop.submissions[0].line)
        for line, name in loop.starts:
            state.report("fork-bomb", line, name)
    if not loop.leaves:
        for get in loop.gets:
            if not get.names & loop.stored:
                state.report(get.rule, get.line, get.what)
    for line, name in loop.large:
        if name not in loop.stored:
            state.report("large-argument", line, name, once=True)
    outer = state.loops[-1] if state.loops else None
    _count(state, loop, outer)
    if outer:
        outer.stored |= loop.stored
        outer.starts += loop.starts


def _count(state: State, loop: Loop, outer: Loop | None) -> None:
    """Multiply submissions by the rounds of a loop; one that waits has only a single round under way."""
    rounds = max(loop.count, 1)
    for submission in loop.submissions:
        total = min(submission.total * rounds, _MOST)
        at_once = submission.at_once if loop.waits else min(submission.at_once * rounds, _MOST)
        if outer:
            outer.submissions.append(LoopSubmission(submission.line, submission.tiny, total, at_once))
        elif at_once >= _MANY:
            state.report("too-many-tasks", submission.line, f"{at_once:,}")
        elif submission.tiny and total > _OVERHEAD:
            state.report("tiny-tasks", submission.line, f"{total:,}")


def loads(state: State, node: ast.Name) -> None:
    """A name read in a worker: capturing something large from outside ships it with every worker's function."""
    found = state.scope.find(node.id)
    if found and found[0].size >= LARGE and is_outside(found) and found[0].kind not in {Kind.PUT, Kind.REF}:
        state.report("large-closure", node.lineno, node.id, once=True)


def changes(state: State, base: ast.expr, line: int) -> None:
    """`base[…] = …` or `base.append(…)` in a worker, where `base` is a global of the driver."""
    while isinstance(base, ast.Subscript):
        base = base.value
    if not isinstance(base, ast.Name):
        return
    found = state.scope.find(base.id)
    if found and found[0].kind is Kind.MUTABLE and is_outside(found):
        state.report("global-state", line, base.id)


def is_outside(found: tuple[Value, Scope]) -> bool:
    return not found[1].remote


def returns(state: State, node: ast.Return) -> None:
    value = node.value
    if isinstance(value, ast.ListComp):
        value = value.elt
    candidates = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    if any(evaluate(item, state.scope).kind is Kind.PUT for item in candidates[:50]):
        state.report("return-ray-put", node.lineno)


def marks(state: State, call: ast.Call, _: str) -> None:
    """`ray.remote(f)`: from here on, the body of `f` runs in workers."""
    definition = state.evaluate(call.args[0]).definition if call.args else None
    if definition:
        definition.marked = True
