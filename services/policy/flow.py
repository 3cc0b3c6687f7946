"""Visitors of control flow: loops, comprehensions, and whatever leaves them."""

from __future__ import annotations

import ast

from services.policy import parallel
from services.policy.binding import bind
from services.policy.scopes import Scope
from services.policy.state import Loop, State
from services.policy.walk import Walk

_ENDLESS = {"itertools.count()", "itertools.cycle()", "itertools.repeat()"}

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def for_(walk: Walk, node: ast.For | ast.AsyncFor) -> None:
    if isinstance(node, ast.AsyncFor):
        _suspends(walk.state, node, "async for")
    walk.push(node.orelse)
    walk.then(_leave, walk.state)
    walk.push(node.body)
    walk.then(_enter_for, walk.state, node)
    walk.push([node.iter])


def _enter_for(state: State, node: ast.For | ast.AsyncFor) -> None:
    value = state.evaluate(node.iter)
    bind(state, node.target, value.element)
    bounded = (
        isinstance(node.iter, ast.Call) and len(node.iter.args) > 1 and value.name == "itertools.repeat()"
    )
    endless = value.name in _ENDLESS and not bounded and not state.guards
    state.loops.append(Loop(node.lineno, count=value.size, endless=endless, guards=state.guards))


def while_(walk: Walk, node: ast.While) -> None:
    walk.push(node.orelse)
    walk.then(_leave, walk.state)
    walk.push([node.test, *node.body])
    forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
    guarded = walk.state.guards > 0  # `try: while True: … except StopIteration:` is a way to end it
    loop = Loop(node.lineno, endless=forever and not guarded, guards=walk.state.guards)
    walk.state.loops.append(loop)


def comprehension(walk: Walk, node: Comprehension) -> None:
    results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    conditions = [condition for generator in node.generators for condition in generator.ifs]
    walk.then(_leave_comprehension, walk.state, walk.state.scope)
    walk.push([*(generator.iter for generator in node.generators[1:]), *conditions, *results])
    walk.then(_enter_comprehension, walk.state, node)
    walk.push([node.generators[0].iter])


def _enter_comprehension(state: State, node: Comprehension) -> None:
    state.scope = Scope(state.scope)
    count = 1
    for generator in node.generators:
        value = state.evaluate(generator.iter)
        count = 0 if generator.ifs else min(count * value.size, 10**15)
        bind(state, generator.target, value.element)
    state.loops.append(Loop(node.lineno, count=count, comprehension=True, guards=state.guards))


def _leave_comprehension(state: State, outer: Scope) -> None:
    state.scope = outer
    _leave(state)


def _leave(state: State) -> None:
    parallel.leave_loop(state, state.loops.pop())


def try_(walk: Walk, node: ast.Try) -> None:
    walk.push([*node.handlers, *node.orelse, *node.finalbody])
    if node.handlers:
        walk.then(_unguard, walk.state)
        walk.state.guards += 1
    walk.push(node.body)


def _unguard(state: State) -> None:
    state.guards -= 1


def break_(walk: Walk, node: ast.Break) -> None:
    loop = _innermost(walk.state)
    if loop is None:
        walk.state.report("syntax-error", node.lineno, "'break' outside loop")
    else:
        loop.leaves = True


def continue_(walk: Walk, node: ast.Continue) -> None:
    if _innermost(walk.state) is None:
        walk.state.report("syntax-error", node.lineno, "'continue' not properly in loop")


def return_(walk: Walk, node: ast.Return) -> None:
    state = walk.state
    if state.scope.function is None:
        state.report("syntax-error", node.lineno, "'return' outside function")
    _leaves(state)
    if state.scope.remote:
        parallel.returns(state, node)
    walk.push([node.value])


def raise_(walk: Walk, node: ast.Raise) -> None:
    _leaves(walk.state)
    walk.children(node)


def yield_(walk: Walk, node: ast.Yield | ast.YieldFrom) -> None:
    if walk.state.scope.definition is None:
        walk.state.report("syntax-error", node.lineno, "'yield' outside function")
    _leaves(walk.state)
    walk.children(node)


def await_(walk: Walk, node: ast.Await) -> None:
    _suspends(walk.state, node, "await")
    for loop in walk.state.loops:
        loop.waits = True
    walk.children(node)


def _suspends(state: State, node: ast.Await | ast.AsyncFor, what: str) -> None:
    if not isinstance(state.scope.function, ast.AsyncFunctionDef):
        state.report("syntax-error", node.lineno, f"'{what}' outside async function")
    _leaves(state)


def _innermost(state: State) -> Loop | None:
    return next((loop for loop in reversed(state.loops) if not loop.comprehension), None)


def _leaves(state: State) -> None:
    for loop in state.loops:
        loop.leaves = True
