"""The CloudFormation template of raygen's pieces on AWS, kept beside this module as it is deployed."""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).with_name("cloudformation.yaml")


def template() -> str:
    """YAML, as `aws cloudformation deploy` takes it."""
    return _FILE.read_text()
