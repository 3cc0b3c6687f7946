from __future__ import annotations

import click


@click.group()
def command() -> None:
    """Print templates for running parts of raygen in a cloud."""


@command.command()
def cloudformation() -> None:
    """Print the CloudFormation template for AWS.

    docs/aws.md explains how to use it.
    """
    from bot.deploy.cloudformation import template

    click.echo(template(), nl=False)
