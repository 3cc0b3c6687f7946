"""What can go wrong between here and a tool behind the gateway; each class docstring is its sentence."""

from __future__ import annotations

from services.domain.errors import RaygenError


class GatewayError(RaygenError):
    """The request to the MCP gateway failed. Try again in a minute."""


class GatewayUnreachable(GatewayError):
    """The MCP gateway can't be reached. Try again in a minute."""


class GatewayDenied(GatewayError):
    """The MCP gateway rejected raygen's credentials. `raygen doctor` shows details."""


class GatewayLogin(GatewayError):
    """raygen can't get a token for the MCP gateway. `raygen doctor` shows details."""


class GatewayBusy(GatewayError):
    """The MCP gateway is busy. Try again in a minute."""


class GatewayBroken(GatewayError):
    """The MCP gateway failed. Try again in a minute."""


class GatewayTimeout(GatewayError):
    """The MCP gateway did not answer in time. The call may still be running there."""


class GatewayInterrupted(GatewayError):
    """The connection to the MCP gateway was lost. The call may still be running there."""


class GatewayAnswer(GatewayError):
    """The MCP gateway sent an unexpected response, so the outcome is unknown."""


class ToolMissing(GatewayError):
    """The MCP gateway doesn't have the configured tool. `raygen doctor` shows which."""


class ToolFailed(GatewayError):
    """The tool behind the MCP gateway failed."""
