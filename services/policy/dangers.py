"""Detectors for what a program does to its machine: processes, signals, secrets, code from elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Callable

from services.policy import commands, credentials, hosts
from services.policy.evaluate import argument, evaluate, keyword
from services.policy.rules import rule_for_import
from services.policy.state import State

Detector = Callable[[State, ast.Call, str], None]

_SHELL_WORDS = 40
_EVERYONE = {"psutil.pids()[]", "os.getppid()", "psutil.process_iter()[].pid", "psutil.Process().ppid()"}
_MYSELF = {"os.getpid()", "os.getpgrp()", "os.getpgid()"}
_INNOCENT_LOOKUPS = {"socket.gethostname()", "socket.getfqdn()", "platform.node()"}
_NOT_A_START = ("Error", "Expired", "list2cmdline", "STARTUPINFO")


def command_text(state: State, node: ast.expr | None) -> str | None:
    """The shell command that a string or a list of strings spells, or None."""
    value = state.evaluate(node)
    if value.text is not None:
        return value.text
    if isinstance(value.node, ast.List | ast.Tuple):
        words = [evaluate(item, state.scope).text or "…" for item in value.node.elts[:_SHELL_WORDS]]
        return " ".join(words) or None
    return None


def process(state: State, call: ast.Call, name: str) -> None:
    if name.endswith(_NOT_A_START):
        return
    text = command_text(state, argument(call, 0, "args", "command", "cmd"))
    if text and name.startswith(("os.exec", "os.spawn", "asyncio.")):
        more = (state.evaluate(arg).text for arg in call.args[1:_SHELL_WORDS])
        text = " ".join([text, *(word for word in more if word)])
    text = text if text and set(text) - {"…", " "} else None
    state.facts.processes[text or name] = None
    state.report("process", call.lineno, text or name)
    rule = commands.rule_for(text) if text else None
    if rule:
        state.report(rule, call.lineno, text or name)
    if state.loops:
        state.loops[-1].starts.append((call.lineno, name))


def signals(state: State, call: ast.Call, name: str) -> None:
    """Signals to itself end it abruptly, to everyone is hostile, to the rest may be to a child of its own."""
    if name.startswith("psutil."):
        made = call.func.value if isinstance(call.func, ast.Attribute) else None
        target = argument(made, 0, "pid") if isinstance(made, ast.Call) else None
        if target is None and isinstance(made, ast.Call):
            return
    else:
        target = argument(call, 0, "pid", "pgid")
    value = state.evaluate(target)
    if value.number is not None or value.name in _EVERYONE:
        if argument(call, 1, "sig") is None or state.evaluate(argument(call, 1, "sig")).number != 0:
            state.report("kills-processes", call.lineno, name)
    elif value.name in _MYSELF:
        state.report("abrupt-exit", call.lineno, name)
    else:
        state.report("signals", call.lineno, name)


def network(state: State, call: ast.Call, name: str) -> None:
    first = state.evaluate(call.args[0]) if call.args else None
    if first is not None and first.name in _INNOCENT_LOOKUPS:
        return
    state.report("network", call.lineno, name)
    _note_host(state, argument(call, 0, "host", "address"))


def _note_host(state: State, node: ast.expr | None) -> None:
    value = state.evaluate(node)
    if isinstance(value.node, ast.Tuple) and value.node.elts:
        value = state.evaluate(value.node.elts[0])
    if value.text and "://" not in value.text and " " not in value.text:
        state.facts.hosts[hosts.without_port(value.text)] = None


def connects(state: State, call: ast.Call, _: str) -> None:
    """`connect(("db", 5432))` and `host="db"` name hosts, whatever library they belong to."""
    if call.args and isinstance(state.evaluate(call.args[0]).node, ast.Tuple):
        _note_host(state, call.args[0])
    _note_host(state, keyword(call, "host"))


def read_environment(state: State, line: int, variable: ast.expr | None) -> None:
    name = state.evaluate(variable).text
    shown = name or "(a name it builds)"
    if name:
        state.facts.environment[name] = None
    secret = bool(name) and credentials.is_secret_name(name or "")
    state.report("secret-environment" if secret else "environment", line, shown)


def environment(state: State, call: ast.Call, _: str) -> None:
    read_environment(state, call.lineno, argument(call, 0, "key"))


def set_environment(state: State, call: ast.Call, _: str) -> None:
    name = state.evaluate(argument(call, 0, "key")).text
    if name:
        state.facts.environment[name] = None


def built_code(state: State, call: ast.Call, name: str) -> None:
    code = argument(call, 0, "source")
    literal = isinstance(code, ast.Constant)
    state.report("literal-code" if literal else "built-code", call.lineno, name.removeprefix("builtins."))


def dynamic_import(state: State, call: ast.Call, name: str) -> None:
    module = state.evaluate(argument(call, 0, "name")).text
    if module is None or "…" in module:
        state.report("dynamic-import", call.lineno, name.removeprefix("builtins."))
    else:
        imported(state, call.lineno, module)


def imported(state: State, line: int, module: str) -> None:
    """Record a module by its top-level name and report the rule that watches it, once a program."""
    state.facts.imports[module.partition(".")[0]] = None
    rule = rule_for_import(module)
    if rule:
        state.report(rule, line, module, once=True)


def unpickles(state: State, call: ast.Call, name: str) -> None:
    """A round trip `loads(dumps(x))` is harmless, and so is `torch.load(..., weights_only=True)`."""
    first = argument(call, 0, "data")
    made_here = isinstance(first, ast.Call) and state.evaluate(first.func).name.endswith(".dumps")
    weights = keyword(call, "weights_only")
    if not made_here and not (isinstance(weights, ast.Constant) and weights.value is True):
        state.report("unpickles", call.lineno, name)


def allow_pickle(state: State, call: ast.Call, name: str) -> None:
    allowed = keyword(call, "allow_pickle")
    if isinstance(allowed, ast.Constant) and allowed.value is True:
        state.report("unpickles", call.lineno, name)


def long_sleep(state: State, call: ast.Call, _: str) -> None:
    seconds = state.evaluate(call.args[0]).number if call.args else None
    if seconds is not None and seconds >= 600:
        state.report("long-sleep", call.lineno, f"{seconds / 60:,.0f} minutes")
