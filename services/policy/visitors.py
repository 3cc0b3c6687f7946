"""Which visitor answers for which kind of syntax; all other nodes are only walked through."""

from __future__ import annotations

import ast
from typing import Any

from services.policy import binding, calls, credentials, dangers, flow, hosts, parallel
from services.policy.binding import ENVIRON
from services.policy.state import State
from services.policy.walk import Handler, Walk


def call(walk: Walk, node: ast.Call) -> None:
    calls.call(walk.state, node)
    walk.children(node)


def constant(walk: Walk, node: ast.Constant) -> None:
    """Literals name hosts and hold secrets, wherever they stand."""
    text = node.value
    if not isinstance(text, str):
        return
    for host in hosts.named_in(text):
        walk.state.facts.hosts[host] = None
    secret = credentials.kind_of(text)
    if secret:
        walk.state.report("secret-literal", node.lineno, secret)


def statement(walk: Walk, node: ast.Expr) -> None:
    if not isinstance(node.value, ast.Constant):  # docstrings name nothing
        walk.push([node.value])


def name(walk: Walk, node: ast.Name) -> None:
    if node.ctx.__class__ is not ast.Load:
        return
    state = walk.state
    value = state.scope.get(node.id)
    if value is None:
        return
    if value.name == ENVIRON:
        state.report("whole-environment", node.lineno)
    elif state.scope.remote:
        parallel.loads(state, node)


def attribute(walk: Walk, node: ast.Attribute) -> None:
    if node.attr == "environ" and walk.state.evaluate(node).name == ENVIRON:
        walk.state.report("whole-environment", node.lineno)
    elif not _is_environ(walk.state, node.value):
        walk.push([node.value])


def _is_environ(state: State, node: ast.expr) -> bool:
    """Whether `node` is the environment; asks first what costs next to nothing, since attributes are everywhere."""
    if isinstance(node, ast.Name):
        value = state.scope.get(node.id)
        return value is not None and value.name == ENVIRON
    return isinstance(node, ast.Attribute) and node.attr == "environ" and state.evaluate(node).name == ENVIRON


def subscript(walk: Walk, node: ast.Subscript) -> None:
    state, base = walk.state, node.value
    if _is_environ(state, base):
        _environment_item(walk, node)
        return
    if not isinstance(node.ctx, ast.Load) and state.scope.remote:
        parallel.changes(state, base, node.lineno)
    walk.push([base, node.slice])


def _environment_item(walk: Walk, node: ast.Subscript) -> None:
    state = walk.state
    variable = state.evaluate(node.slice).text
    if isinstance(node.ctx, ast.Load):
        dangers.read_environment(state, node.lineno, node.slice)
    elif variable:
        state.facts.environment[variable] = None
    walk.push([node.slice])


def comparison(walk: Walk, node: ast.Compare) -> None:
    """`"NAME" in os.environ` asks for one name, not for the whole environment."""
    last = node.comparators[-1]
    if isinstance(node.ops[-1], ast.In | ast.NotIn) and _is_environ(walk.state, last):
        dangers.read_environment(walk.state, node.lineno, node.left)
        walk.push([node.left, *node.comparators[:-1]])
    else:
        walk.children(node)


VISITORS: dict[type[Any], Handler] = {
    ast.Import: binding.imports,
    ast.ImportFrom: binding.imports_from,
    ast.FunctionDef: binding.function,
    ast.AsyncFunctionDef: binding.function,
    ast.ClassDef: binding.class_,
    ast.Lambda: binding.lambda_,
    ast.Assign: binding.assign,
    ast.AnnAssign: binding.assign,
    ast.AugAssign: binding.augmented,
    ast.NamedExpr: binding.walrus,
    ast.With: binding.with_,
    ast.AsyncWith: binding.with_,
    ast.ExceptHandler: binding.handler,
    ast.MatchAs: binding.captured,
    ast.MatchStar: binding.captured,
    ast.Global: binding.declared_global,
    ast.For: flow.for_,
    ast.AsyncFor: flow.for_,
    ast.While: flow.while_,
    ast.ListComp: flow.comprehension,
    ast.SetComp: flow.comprehension,
    ast.DictComp: flow.comprehension,
    ast.GeneratorExp: flow.comprehension,
    ast.Try: flow.try_,
    ast.TryStar: flow.try_,
    ast.Break: flow.break_,
    ast.Continue: flow.continue_,
    ast.Return: flow.return_,
    ast.Raise: flow.raise_,
    ast.Yield: flow.yield_,
    ast.YieldFrom: flow.yield_,
    ast.Await: flow.await_,
    ast.Call: call,
    ast.Constant: constant,
    ast.Expr: statement,
    ast.Name: name,
    ast.Attribute: attribute,
    ast.Subscript: subscript,
    ast.Compare: comparison,
}
