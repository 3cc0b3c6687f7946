"""Visitors of what binds names: imports, definitions, assignments."""

from __future__ import annotations

import ast

from services.policy import dangers, parallel
from services.policy.evaluate import remote
from services.policy.rules import rule_for_import
from services.policy.scopes import Scope, canonical
from services.policy.state import State
from services.policy.values import UNKNOWN, Definition, Kind, Value, named
from services.policy.walk import Walk

ENVIRON = "os.environ"
_REMOTE = {"ray.remote", "ray.remote()"}


def imports(walk: Walk, node: ast.Import) -> None:
    for alias in node.names:
        walk.state.scope.import_module(alias.name, alias.asname)
        dangers.imported(walk.state, node.lineno, alias.name)


def imports_from(walk: Walk, node: ast.ImportFrom) -> None:
    state, module = walk.state, node.module or ""
    outside = bool(module) and not node.level
    watched = outside and rule_for_import(module) is not None
    for alias in node.names:
        if alias.name == "*":
            if outside:
                state.scope.stars.append(canonical(module))
        else:
            value = named(canonical(f"{module}.{alias.name}")) if outside else UNKNOWN
            state.scope.bind(alias.asname or alias.name, value)
        if outside:
            dangers.imported(state, node.lineno, module if watched else f"{module}.{alias.name}")


def function(walk: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    state = walk.state
    definition = _define(state, node)
    scope = Scope(_enclosing(state.scope), definition)
    _parameters(scope, node.args)
    walk.later(node.body, scope)
    walk.push([*node.decorator_list, *node.args.defaults, *node.args.kw_defaults])


def class_(walk: Walk, node: ast.ClassDef) -> None:
    state = walk.state
    definition = _define(state, node)
    outer = state.scope
    walk.then(setattr, state, "scope", outer)
    walk.push(node.body)
    walk.then(setattr, state, "scope", Scope(_enclosing(outer), definition, is_class=True))
    walk.push([*node.decorator_list, *node.bases, *node.keywords])


def lambda_(walk: Walk, node: ast.Lambda) -> None:
    scope = Scope(_enclosing(walk.state.scope))
    _parameters(scope, node.args)
    walk.later([node.body], scope)
    walk.push([*node.args.defaults, *node.args.kw_defaults])


def _define(state: State, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Definition:
    marked = any(state.evaluate(decorator).name in _REMOTE for decorator in node.decorator_list)
    definition = Definition(node, owner=state.scope.definition, marked=marked)
    kind = Kind.CLASS if isinstance(node, ast.ClassDef) else Kind.FUNCTION
    store(state, node.name, remote(definition) if marked else Value(kind=kind, definition=definition))
    if marked and state.loops:
        state.report("redefined-remote", node.lineno, node.name)
    return definition


def _enclosing(scope: Scope) -> Scope:
    """The scope that a function's body sees next: never a class's."""
    while scope.is_class and scope.parent is not None:
        scope = scope.parent
    return scope


def _parameters(scope: Scope, arguments: ast.arguments) -> None:
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    for parameter in every:
        if parameter:
            scope.bind(parameter.arg, UNKNOWN)


def assign(walk: Walk, node: ast.Assign | ast.AnnAssign) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is None:
        return
    walk.push([target for target in targets if not isinstance(target, ast.Name)])
    walk.then(_assign, walk.state, targets, node.value)
    second_name = isinstance(node.value, ast.Name | ast.Attribute)
    if not second_name or walk.state.evaluate(node.value).name != ENVIRON:
        walk.push([node.value])


def _assign(state: State, targets: list[ast.expr], node: ast.expr) -> None:
    value = state.evaluate(node)
    for target in targets:
        bind(state, target, value)


def augmented(walk: Walk, node: ast.AugAssign) -> None:
    walk.then(_augment, walk.state, node)
    walk.push([node.value, None if isinstance(node.target, ast.Name) else node.target])


def _augment(state: State, node: ast.AugAssign) -> None:
    target = node.target
    if isinstance(target, ast.Name):
        old = state.evaluate(target)
        new = UNKNOWN if state.loops else state.evaluate(ast.BinOp(left=target, op=node.op, right=node.value))
        store(state, target.id, old if old.kind is Kind.MUTABLE else new, target.lineno)


def walrus(walk: Walk, node: ast.NamedExpr) -> None:
    walk.then(_assign, walk.state, [node.target], node.value)
    walk.push([node.value])


def with_(walk: Walk, node: ast.With | ast.AsyncWith) -> None:
    walk.push(node.body)
    for item in reversed(node.items):
        if item.optional_vars:
            walk.then(_assign, walk.state, [item.optional_vars], item.context_expr)
        walk.push([item.context_expr])
    if isinstance(node, ast.AsyncWith):
        for loop in walk.state.loops:
            loop.leaves = True


def handler(walk: Walk, node: ast.ExceptHandler) -> None:
    if node.name:
        store(walk.state, node.name, UNKNOWN)
    walk.children(node)


def captured(walk: Walk, node: ast.MatchAs | ast.MatchStar) -> None:
    if node.name:
        store(walk.state, node.name, UNKNOWN)
    walk.children(node)


def declared_global(walk: Walk, node: ast.Global) -> None:
    walk.state.scope.globals |= set(node.names)


def bind(state: State, target: ast.expr, value: Value) -> None:
    """Bind a target to a value, taking tuples apart where both sides are literal."""
    if isinstance(target, ast.Name):
        store(state, target.id, value, target.lineno)
    elif isinstance(target, ast.Starred):
        bind(state, target.value, UNKNOWN)
    elif isinstance(target, ast.Tuple | ast.List):
        display = value.node
        parts = display.elts if isinstance(display, ast.Tuple | ast.List) else []
        alike = len(parts) == len(target.elts)
        for place, item in enumerate(target.elts):
            bind(state, item, state.evaluate(parts[place]) if alike else UNKNOWN)


def store(state: State, name: str, value: Value, line: int = 0) -> None:
    scope = state.scope
    scope.bind(name, value)
    if state.loops:
        loop = state.loops[-1]
        loop.stored.add(name)
        loop.fresh.pop(name, None)
        if (
            value.kind is Kind.REF
            and isinstance(value.node, ast.Call)
            and parallel.is_remote_call(value.node)
        ):
            loop.fresh[name] = value.node
    if line and name in scope.globals and scope.remote:
        state.report("global-state", line, name)
