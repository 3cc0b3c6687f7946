"""The template of the pieces on AWS: valid by CloudFormation's own schemas, closed where it must be, and fit for the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.decode import decode_str
from click.testing import CliRunner

import bot
from bot.cli import main
from bot.deploy.cloudformation import template
from bot.settings import Settings, load

ROOT = Path(bot.__file__).parent.parent
_READ = re.compile(r"""environ(?:ment)?(?:\.get\(|\[)\s*["']([A-Z_]+)""")
_ASSIGNED = re.compile(r"^([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def read() -> dict[str, Any]:
    found, problems = decode_str(template())
    assert not problems
    return found


def of_type(read: dict[str, Any], kind: str) -> dict[str, Any]:
    found = {name: it["Properties"] for name, it in read["Resources"].items() if it["Type"] == kind}
    assert found
    return found


def test_cfn_lint_finds_nothing_and_nothing_is_kept_from_it(read: dict[str, Any]):
    assert lint(template(), regions=["us-east-1"]) == []
    assert "cfn-lint" not in read["Metadata"]
    assert not list(ROOT.glob(".cfnlintrc*"))


def test_the_command_prints_it():
    assert CliRunner().invoke(main, ["deploy", "cloudformation"]).output == template()


def test_every_setting_is_consumed_by_the_code(read: dict[str, Any]):
    """Those that it sets are environment variables of a piece; those that it puts out are for the bot."""
    known = {field.alias for field in Settings.model_fields.values()}
    for file in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("services/**/*.py")):
        known |= set(_READ.findall(file.read_text()))
    functions = of_type(read, "AWS::Lambda::Function").values()
    given = {name for it in functions for name in it.get("Environment", {}).get("Variables", {})}
    (runtime,) = of_type(read, "AWS::BedrockAgentCore::Runtime").values()
    given |= set(runtime["EnvironmentVariables"])
    given |= set(put_out(read))
    assert len(given) > 15
    assert given <= known


def test_what_it_puts_out_is_accepted_by_the_settings(read: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    for name in ("Settings", "SettingsWithoutGateway"):
        for setting, value in put_out(read, name).items():
            address = re.sub(r"\$\{[^}]*Url\}", "https://1.example", value)
            monkeypatch.setenv(setting, re.sub(r"\$\{[^}]*\}", "1", address))
        load(env_file=None)


def test_tools_have_the_names_that_the_settings_tell(read: dict[str, Any]):
    names: set[str] = set()
    for target in of_type(read, "AWS::BedrockAgentCore::GatewayTarget").values():
        tools = target["TargetConfiguration"]["Mcp"]["Lambda"]["ToolSchema"]["InlinePayload"]
        names |= {f"{target['Name']}___{tool['Name']}" for tool in tools}
    reported = put_out(read)
    assert names == {reported["RAYGEN_GATEWAY_VALIDATION_TOOL"], reported["RAYGEN_GATEWAY_SNIPPET_TOOL"]}


def test_nothing_but_the_cluster_and_the_endpoints_is_reached(read: dict[str, Any]):
    groups = of_type(read, "AWS::EC2::SecurityGroup")
    for name, group in groups.items():
        assert group["SecurityGroupEgress"], f"{name} has no rule, and so may reach everything"
        for rule in group["SecurityGroupEgress"]:
            assert rule.get("CidrIp", "127.0.0.1/32") == "127.0.0.1/32"
        assert "SecurityGroupIngress" not in group
    (out,) = [
        rule for rule in groups["ValidationSecurityGroup"]["SecurityGroupEgress"] if "Jobs" in str(rule)
    ]
    into = read["Resources"]["ClusterIngress"]["Properties"]
    assert into["FromPort"] == out["FromPort"] == {"Ref": "JobsPort"}
    assert into["GroupId"] == out["DestinationSecurityGroupId"] == {"Ref": "ClusterSecurityGroupId"}


def test_no_role_may_do_everything_or_anything_everywhere(read: dict[str, Any]):
    """`*` as a resource is for what IAM can't narrow: network interfaces of Lambda, and ECR's token."""
    policies = [
        policy["PolicyDocument"]
        for role in of_type(read, "AWS::IAM::Role").values()
        for policy in role["Policies"]
    ]
    policies += [it["PolicyDocument"] for it in of_type(read, "AWS::IAM::ManagedPolicy").values()]
    for statement in (each for policy in policies for each in policy["Statement"]):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not any("*" in action for action in actions)
        if statement["Resource"] == "*" and statement["Effect"] == "Allow":
            assert statement["Sid"] in {"ForLambdaItself", "TokenForItsImage"}
    for logs in of_type(read, "AWS::Logs::LogGroup").values():
        assert logs["RetentionInDays"] == {"Ref": "LogRetention"}


def put_out(read: dict[str, Any], *names: str) -> dict[str, str]:
    """The settings of these outputs, all by default."""
    texts = [
        output["Value"]["Fn::Sub"]
        for name, output in read["Outputs"].items()
        if name in (names or ("Settings", "SettingsWithoutGateway"))
    ]
    return dict(_ASSIGNED.findall("\n".join(texts)))
