"""Which detector answers for which rule's calls; a rule that is not here reports the plain name."""

from __future__ import annotations

import ast

from services.policy import cluster, dangers, files, parallel
from services.policy.dangers import Detector
from services.policy.rules import rules_for_call
from services.policy.state import State

# Rules whose calls need a second look before, or instead of, a report.
BY_RULE: dict[str, Detector] = {
    "process": dangers.process,
    "signals": dangers.signals,
    "network": dangers.network,
    "host-path": files.touches,
    "built-code": dangers.built_code,
    "dynamic-import": dangers.dynamic_import,
    "unpickles": dangers.unpickles,
    "long-sleep": dangers.long_sleep,
    "hardcoded-cluster": cluster.init,
    "runtime-env": cluster.runtime_env,
    "kills-foreign-actor": cluster.kill,
}

# Calls that break no rule by themselves, by what they resolve to.
BY_NAME: dict[str, Detector] = {
    "os.environ.get": dangers.environment,
    "os.environ.pop": dangers.environment,
    "os.getenv": dangers.environment,
    "os.environ.setdefault": dangers.set_environment,
    "os.putenv": dangers.set_environment,
    "ray.get": parallel.waits,
    "ray.wait": parallel.waits,
    "ray.remote": cluster.asks,
    "ray.util.placement_group.placement_group": cluster.placement_group,
    "ray.util.placement_group": cluster.placement_group,
    "ray.train.ScalingConfig": cluster.scaling,
    "ray.air.ScalingConfig": cluster.scaling,
    "ray.air.config.ScalingConfig": cluster.scaling,
    "numpy.load": dangers.allow_pickle,
}

# Methods of objects that the policy can't follow, by their bare name.
BY_METHOD: dict[str, Detector] = {
    "options": cluster.asks,
    "remote": parallel.submits,
    "connect": dangers.connects,
    "sendto": dangers.connects,
    **dict.fromkeys(
        ("to_csv", "to_parquet", "to_json", "to_pickle", "to_excel", "to_feather"), files.written
    ),
    **dict.fromkeys(("savefig", "write_csv", "write_parquet", "write_json", "write_numpy"), files.written),
    **dict.fromkeys(("map_batches", "flat_map", "add_column"), cluster.asks),
}

# Calls that may end a loop from within; Ray's reports do when a scheduler or a stopper has seen enough.
_ENDS = {
    *("sys.exit", "builtins.exit", "builtins.quit", "os._exit", "os.abort", "os.execv", "os.execvp"),
    *("ray.tune.report", "ray.train.report", "ray.air.session.report"),
}


def call(state: State, node: ast.Call) -> None:
    """Everything that the policy has to say of one call."""
    func = node.func
    name = state.evaluate(func).name
    if name:
        for rule in rules_for_call(name):
            detector = BY_RULE.get(rule)
            if detector:
                detector(state, node, name)
            else:
                state.report(rule, node.lineno, name.removeprefix("builtins."))
        named = BY_NAME.get(name)
        if named:
            named(state, node, name)
        if name in {"ray.remote", "ray.remote()"}:
            parallel.marks(state, node, name)
        if name in _ENDS:
            for loop in state.loops:
                loop.leaves = True
    if isinstance(func, ast.Attribute):
        _method(state, node, func, name)


def _method(state: State, node: ast.Call, func: ast.Attribute, name: str) -> None:
    known = BY_METHOD.get(func.attr)
    if known and not rules_for_call(name):
        known(state, node, name)
    elif func.attr in parallel.MUTATORS and state.scope.remote:
        parallel.changes(state, func.value, node.lineno)
