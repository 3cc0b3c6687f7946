"""What can go wrong between here and a tool behind the gateway; each class docstring is its sentence."""

from __future__ import annotations

from services.domain.errors import RaygenError


class GatewayError(RaygenError):
    """The MCP gateway did not do what it was asked; please try again in a minute."""


class GatewayUnreachable(GatewayError):
    """The MCP gateway can't be reached right now; please try again in a minute."""


class GatewayDenied(GatewayError):
    """The MCP gateway refuses raygen's credentials; `raygen doctor` says more."""


class GatewayLogin(GatewayError):
    """No token for the MCP gateway can be had right now; `raygen doctor` says more."""


class GatewayBusy(GatewayError):
    """The MCP gateway is busy right now; please try again in a minute."""


class GatewayBroken(GatewayError):
    """The MCP gateway failed at its end; please try again in a minute."""


class GatewayTimeout(GatewayError):
    """The MCP gateway did not answer in time; what it began may still be going on there."""


class GatewayInterrupted(GatewayError):
    """The MCP gateway's answer broke off; what it began may still be going on there."""


class GatewayAnswer(GatewayError):
    """The MCP gateway answered in a form that raygen does not know, so nothing can be said of the outcome."""


class ToolMissing(GatewayError):
    """The MCP gateway does not have the tool that raygen was told to use; `raygen doctor` says which."""


class ToolFailed(GatewayError):
    """The tool behind the MCP gateway failed."""
