"""Durable work; only this package knows DBOS."""

from services.workflows.doorbell import Closed, Doorbell
from services.workflows.durability import durable, launch
from services.workflows.limits import RunLimits
from services.workflows.workflows import Workflows

__all__ = ["Closed", "Doorbell", "RunLimits", "Workflows", "durable", "launch"]
