"""The images of the Lambdas: what the Dockerfile names exists, and what it installs is enough."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STAGES = dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL))
LAMBDAS = ("lambda-validation", "lambda-snippets")
# What each package that is installed there brings along, and what it can do without (certifi).
BROUGHT = {
    "awslambdaric": {"awslambdaric", "simplejson", "snapshot_restore_py", "runtime_client"},
    "pydantic": {"pydantic", "pydantic_core", "annotated_types", "typing_inspection", "typing_extensions"},
    "aiohttp": {"aiohttp", "aiosignal", "attr", "attrs", "frozenlist", "multidict", "propcache", "yarl", "idna", "aiohappyeyeballs"},
    "boto3": {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3", "certifi"},
    "packaging": {"packaging"},
    "pydantic-monty": {"pydantic_monty", "pydantic_monty_client", "pydantic_monty_runtime"},
    "pyeryx": {"eryx"},
}  # fmt: skip
SEEN = """
import importlib, json, sys
before = set(sys.modules)
importlib.import_module(sys.argv[1])
files = {n: getattr(sys.modules[n], "__file__", None) or "" for n in set(sys.modules) - before if "." not in n}
print(json.dumps([n for n, file in files.items() if "site-packages" in file]))
"""


def installed(stage: str) -> list[Requirement]:
    lines = re.findall(
        r"pip install --no-cache-dir -c \S+ (.*?)(?: \\)?$", STAGES["lambda"] + STAGES[stage], re.MULTILINE
    )
    return [Requirement(word.strip('"')) for line in lines for word in re.findall(r'"[^"]+"|\S+', line)]


def handler(stage: str) -> str:
    return json.loads(re.findall(r"^CMD (.*)$", STAGES[stage], re.MULTILINE)[0])[0]


def test_the_bot_is_what_is_built_by_default():
    assert list(STAGES)[-1] == "bot"
    assert set(LAMBDAS) < set(STAGES)


@pytest.mark.parametrize("stage", LAMBDAS)
def test_a_stage_names_a_handler_that_exists(stage: str):
    module, _, name = handler(stage).rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("stage", LAMBDAS)
def test_a_handler_imports_no_more_than_its_stage_installs(stage: str):
    module = handler(stage).rpartition(".")[0]
    command = [sys.executable, "-c", SEEN, module]
    seen = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    allowed = set[str]().union(*(BROUGHT[each.name] for each in installed(stage)))
    assert set(json.loads(seen)) <= allowed


def test_versions_are_those_that_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["lambda"]
    wanted = {each.name: each.specifier for each in map(Requirement, lines)}
    for stage in LAMBDAS:
        for requirement in installed(stage):
            assert requirement.name in wanted
            assert requirement.specifier in {wanted[requirement.name], Requirement("x").specifier}
