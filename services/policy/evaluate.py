"""Evaluates an expression as far as names and literals go, without running anything."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from services.policy import sizes
from services.policy.scopes import BUILTINS, Scope, canonical
from services.policy.values import LONGEST_TEXT, UNKNOWN, Definition, Kind, Value, named, worded

_DEPTH = 20
_UNKNOWN_PART = "…"
_PATH = "pathlib.Path()"
_PATHS = {f"pathlib.{kind}Path" for kind in ("", "Pure", "Posix", "PurePosix", "Windows")}
_JOINS = {"os.path.join", "pathlib.Path().joinpath"}
_SAME_TEXT = {
    "builtins.str",
    "os.fspath",
    "os.fsencode",
    "os.path.abspath",
    "os.path.expanduser",
    "os.path.expandvars",
    "os.path.normpath",
    "os.path.realpath",
    "shlex.split",
}
_SAME_PATH = {f"pathlib.Path().{method}" for method in ("resolve", "expanduser", "absolute", "as_posix")}
_IMPORTERS = {"builtins.__import__", "importlib.import_module", "importlib.__import__"}
_COLLECTIONS = {
    *(f"builtins.{kind}" for kind in ("list", "dict", "set", "bytearray")),
    *(f"collections.{kind}" for kind in ("Counter", "defaultdict", "deque", "OrderedDict")),
}
_SAME_ITEMS = {
    *(f"builtins.{kind}" for kind in ("enumerate", "zip", "reversed", "sorted", "tuple")),
    *("tqdm.tqdm", "tqdm.auto.tqdm"),
}

_Handler = Callable[[Any, Scope, int], Value]


def evaluate(node: ast.expr | None, scope: Scope, depth: int = 0) -> Value:
    """What is known of `node`; never more than `_DEPTH` levels deep, so that no input makes it slow."""
    handler = _HANDLERS.get(node.__class__)
    return UNKNOWN if handler is None or depth > _DEPTH else handler(node, scope, depth + 1)


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)


def argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    """The argument of a call, by position or by any of its names."""
    if len(call.args) > position and not any(
        isinstance(arg, ast.Starred) for arg in call.args[: position + 1]
    ):
        return call.args[position]
    return next((word.value for word in call.keywords if word.arg in names), None)


def _name(node: ast.Name, scope: Scope, _: int) -> Value:
    found = scope.get(node.id)
    if found is not None:
        return found
    if node.id in BUILTINS:
        return BUILTINS[node.id]
    return named(f"{scope.stars[-1]}.{node.id}") if scope.stars else UNKNOWN


def _attribute(node: ast.Attribute, scope: Scope, depth: int) -> Value:
    base = evaluate(node.value, scope, depth)
    return base.attribute(node.attr) if base.name else UNKNOWN


def _constant(node: ast.Constant, _scope: Scope, _depth: int) -> Value:
    value = node.value
    if isinstance(value, str):
        return Value(text=value[:LONGEST_TEXT], size=len(value))
    if isinstance(value, bytes):
        return Value(text=value[:LONGEST_TEXT].decode("latin-1"), size=len(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return UNKNOWN
    return Value(number=sizes.bounded(value))


def _joined(node: ast.JoinedStr, scope: Scope, depth: int) -> Value:
    return worded("".join(evaluate(part, scope, depth).text or _UNKNOWN_PART for part in node.values[:100]))


def _formatted(node: ast.FormattedValue, scope: Scope, depth: int) -> Value:
    return evaluate(node.value, scope, depth)


def _display(node: ast.List | ast.Tuple | ast.Set, _scope: Scope, _depth: int) -> Value:
    kind = Kind.OTHER if isinstance(node, ast.Tuple) else Kind.MUTABLE
    return Value(kind=kind, size=len(node.elts), node=node)


def _mapping(node: ast.Dict, _scope: Scope, _depth: int) -> Value:
    return Value(kind=Kind.MUTABLE, size=len(node.keys), node=node)


def _comprehension(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope, depth: int
) -> Value:
    size = 1
    for generator in node.generators:
        size *= 0 if generator.ifs else evaluate(generator.iter, scope, depth).size
    kind = Kind.OTHER if isinstance(node, ast.GeneratorExp) else Kind.MUTABLE
    return Value(kind=kind, size=min(size, 10**15))


def _operation(node: ast.BinOp, scope: Scope, depth: int) -> Value:
    left, right = evaluate(node.left, scope, depth), evaluate(node.right, scope, depth)
    if left.number is not None and right.number is not None:
        return Value(number=sizes.arithmetic(node.op, left.number, right.number))
    if isinstance(node.op, ast.Div) and _PATH in (left.name, right.name):
        return worded(_join([left.text, right.text]), _PATH)
    if isinstance(node.op, ast.Add) and (left.text is not None or right.text is not None):
        return worded((left.text or _UNKNOWN_PART) + (right.text or _UNKNOWN_PART))
    if isinstance(node.op, ast.Mod) and left.text is not None:
        return left
    if isinstance(node.op, ast.Mult) and (left.size or right.size):
        times = (left.number or 0) if right.size else (right.number or 0)
        return Value(kind=left.kind, size=sizes.of_range([(left.size or right.size) * times]))
    return UNKNOWN


def _negative(node: ast.UnaryOp, scope: Scope, depth: int) -> Value:
    number = evaluate(node.operand, scope, depth).number
    return Value(number=-number) if number is not None and isinstance(node.op, ast.USub) else UNKNOWN


def _subscript(node: ast.Subscript, scope: Scope, depth: int) -> Value:
    base = evaluate(node.value, scope, depth)
    if base.name == "sys.modules" or base.name.endswith(".__dict__"):
        key = evaluate(node.slice, scope, depth).text or ""
        return named(canonical(key) if base.name == "sys.modules" else base.name[:-8] + key)
    return base.element if base.name and base.name != _PATH else UNKNOWN


def _inner(node: ast.Await | ast.NamedExpr | ast.Starred, scope: Scope, depth: int) -> Value:
    return evaluate(node.value, scope, depth)


def _call(node: ast.Call, scope: Scope, depth: int) -> Value:
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in _RAY_METHODS:
        made = _RAY_METHODS[func.attr](evaluate(func.value, scope, depth), node)
        if made is not None:
            return made
    name = evaluate(func, scope, depth).name
    if not name:
        return UNKNOWN
    first = node.args[0] if node.args else None
    if name in _SAME_TEXT or name in _SAME_PATH:
        source = first if name in _SAME_TEXT else getattr(func, "value", None)
        return _same(evaluate(source, scope, depth), name)
    if name in _PATHS or name in _JOINS:
        base = [getattr(func, "value", None)] if name.startswith(_PATH) else []
        parts = [evaluate(part, scope, depth).text for part in (*base, *node.args[:20])]
        return worded(_join(parts), _PATH if name != "os.path.join" else "")
    return _outside(node, name, scope, depth)


def _outside(node: ast.Call, name: str, scope: Scope, depth: int) -> Value:
    """What a call of something from outside the program gives: the special cases first, then its mere name."""
    maker = _MAKERS.get(name)
    if maker:
        made = maker(node, [evaluate(arg, scope, depth) for arg in node.args[:3]])
        return made if made is not None else named(f"{name}()")
    return _array(node, name, scope, depth) if name.startswith("numpy.") else named(f"{name}()")


_Maker = Callable[[ast.Call, list[Value]], Value | None]


def _imported(_: ast.Call, args: list[Value]) -> Value | None:
    return named(canonical(args[0].text)) if args and args[0].text else None


def _got_attribute(_: ast.Call, args: list[Value]) -> Value:
    return args[0].attribute(args[1].text or "?") if len(args) > 1 else UNKNOWN


def _made_remote(_: ast.Call, args: list[Value]) -> Value | None:
    return remote(args[0].definition) if args and args[0].definition else None


def _range(_: ast.Call, args: list[Value]) -> Value:
    return Value(size=sizes.of_range([arg.number for arg in args]))


def _collection(_: ast.Call, args: list[Value]) -> Value:
    first = args[0] if args else UNKNOWN
    return Value(name=first.name, kind=Kind.MUTABLE, size=first.size)


def _same_items(_: ast.Call, args: list[Value]) -> Value:
    return Value(name=args[0].name, size=args[0].size) if args else UNKNOWN


_MAKERS: dict[str, _Maker] = {
    **dict.fromkeys(_SAME_ITEMS, _same_items),
    **dict.fromkeys(_COLLECTIONS, _collection),
    **dict.fromkeys(_IMPORTERS, _imported),
    **dict.fromkeys(("ray.remote", "ray.remote()"), _made_remote),
    "builtins.getattr": _got_attribute,
    "builtins.range": _range,
    "os.getcwd": lambda _call, _args: worded("."),
    "pathlib.Path.home": lambda _call, _args: worded("~", _PATH),
    "pathlib.Path.cwd": lambda _call, _args: worded(".", _PATH),
    "ray.get_actor": lambda _call, args: Value(name="ray.get_actor()", text=args[0].text if args else None),
    "ray.put": lambda call, _args: Value(name="ray.put()", kind=Kind.PUT, node=call),
}


def _array(node: ast.Call, name: str, scope: Scope, depth: int) -> Value:
    numbers = [evaluate(arg, scope, depth).number for arg in node.args[:4]]
    shape = _dimensions(argument(node, 0, "shape", "size"), scope, depth)
    size = _dimensions(argument(node, 2, "size"), scope, depth)
    return Value(name=f"{name}()", size=sizes.of_array(name, numbers, shape, size))


def _dimensions(node: ast.expr | None, scope: Scope, depth: int) -> list[float | None]:
    """The numbers of a shape such as `(rows, 100)` or `1000`."""
    value = evaluate(node, scope, depth)
    if isinstance(value.node, ast.Tuple | ast.List):
        return [evaluate(item, scope, depth).number for item in value.node.elts[:8]]
    return [] if node is None else [value.number]


def remote(definition: Definition) -> Value:
    """The value of a function or class once `ray.remote` was applied to it."""
    kind = Kind.ACTOR_CLASS if isinstance(definition.node, ast.ClassDef) else Kind.REMOTE_FUNCTION
    return Value(kind=kind, definition=definition)


def _remote_call(base: Value, node: ast.Call) -> Value | None:
    if base.kind is Kind.ACTOR_CLASS:
        return Value(kind=Kind.ACTOR, node=node)
    return Value(kind=Kind.REF, node=node)


def _options_call(base: Value, _: ast.Call) -> Value | None:
    return base if base.kind in {Kind.ACTOR_CLASS, Kind.REMOTE_FUNCTION} else None


def _remote_decorator(base: Value, _: ast.Call) -> Value | None:
    return None if base.name == "ray" else _remote_call(base, _)


_RAY_METHODS = {"remote": _remote_decorator, "options": _options_call}


def _same(value: Value, name: str) -> Value:
    if value.text is None:
        return UNKNOWN
    return worded(value.text, _PATH if name in _SAME_PATH else "")


def _join(parts: list[str | None]) -> str:
    whole = ""
    for part in parts:
        piece = _UNKNOWN_PART if part is None else part
        absolute = piece.startswith(("/", "~"))
        whole = piece if absolute or not whole else f"{whole.rstrip('/')}/{piece}"
    return whole or "."


_HANDLERS: dict[type[Any], _Handler] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Constant: _constant,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.List: _display,
    ast.Tuple: _display,
    ast.Set: _display,
    ast.Dict: _mapping,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.BinOp: _operation,
    ast.UnaryOp: _negative,
    ast.Subscript: _subscript,
    ast.Await: _inner,
    ast.NamedExpr: _inner,
    ast.Starred: _inner,
    ast.Call: _call,
}
