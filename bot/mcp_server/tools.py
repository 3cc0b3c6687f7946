"""The tools themselves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field, ValidationError

from bot.api import invalid_arguments, wire
from bot.mcp_server import stdio, tokens
from bot.mcp_server.answers import Proposed, SnippetAnswer, Validation
from services.domain.errors import RaygenError
from services.domain.parameters import ARGUMENTS, Given
from services.domain.values import Verdict
from services.snippets.interface import TIMEOUT, SnippetRunner
from services.usecases.limits import checked
from services.usecases.submissions import Submissions
from services.validation.examine import Examined

Examine = Callable[[str, Given], Awaitable[Examined]]
Code = Annotated[str, Field(description="A complete Python program.")]
Parameters = Annotated[
    wire.Parameters,
    Field(max_length=20, description="Values of parameters that the program's header declares, by name."),
]
Arguments = Annotated[
    list[str], Field(max_length=ARGUMENTS, description="Further command-line arguments; no shell reads them.")
]
_NO_PARAMETERS: wire.Parameters = {}
_NO_ARGUMENTS: list[str] = []

_INSTRUCTIONS = """\
Tools for Ray programs. validate_ray_code runs a program in a sealed cluster and reports what happened; run_python does a \
small calculation; propose_run asks people in Slack to approve a run on their cluster. No tool starts a run by itself."""
_HARMLESS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


@dataclass(frozen=True, slots=True)
class Hands:
    """What does the work; what is None is not offered."""

    examine: Examine
    snippets: SnippetRunner | None = None
    submissions: Submissions | None = None


class _Server(MCPServer[None]):
    """mcp's server, whose errors are sentences of ours and which leaves no line on standard input without an answer."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[None, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            found = error.__cause__.errors(include_url=False)
            raise ToolError(f"Error executing tool {name}: {invalid_arguments.sentence(found)}") from None

    async def run_stdio_async(self) -> None:
        async with stdio.streams() as (reading, writing):
            served = self._lowlevel_server
            await served.run(reading, writing, served.create_initialization_options())


def server(hands: Hands, holders: tokens.Holders | None = None) -> MCPServer[None]:
    """An MCP server with these tools; with `holders`, over HTTP for them alone."""
    made = _Server(
        "raygen",
        version=version("raygen"),
        instructions=_INSTRUCTIONS,
        log_level="WARNING",
        token_verifier=holders,
        auth=tokens.SETTINGS if holders else None,
    )
    _validation(made, hands.examine)
    if hands.snippets is not None:
        _snippets(made, hands.snippets)
    if hands.submissions is not None:
        _proposals(made, hands.submissions)
    return made


def _validation(made: MCPServer[None], examine: Examine) -> None:
    @made.tool(annotations=_HARMLESS)
    async def validate_ray_code(  # pyright: ignore[reportUnusedFunction]
        code: Code,
        ray_cluster_ip: Annotated[
            str,
            Field(description="Ignored; this server's settings decide where it validates."),
        ] = "",
        parameters: Parameters = _NO_PARAMETERS,
        arguments: Arguments = _NO_ARGUMENTS,
    ) -> Validation:
        """Check a Ray program and run it in a sealed cluster without network or files, with hard limits."""
        del ray_cluster_ip
        async with _plainly():
            given = await checked(code, Given(values=parameters, arguments=tuple(arguments)))
            examined = await examine(code, given)
            outcome, policy = examined.outcome, examined.policy
        if outcome.verdict in {Verdict.UNAVAILABLE, Verdict.UNTRIED}:
            raise ToolError(outcome.detail or "The program couldn't be validated.")
        return Validation.of(outcome, policy)


def _snippets(made: MCPServer[None], snippets: SnippetRunner) -> None:
    @made.tool(annotations=_HARMLESS)
    async def run_python(  # pyright: ignore[reportUnusedFunction]
        code: Annotated[
            str, Field(description="Plain Python with the computing parts of the standard library; no files.")
        ],
        timeout: Annotated[float, Field(gt=0, le=120, description="Seconds.")] = TIMEOUT,  # noqa: ASYNC109
    ) -> SnippetAnswer:
        """Do a small calculation; the value of the last expression is returned."""
        async with _plainly():
            return SnippetAnswer.of(await snippets.run(code, limit=timeout))


def _proposals(made: MCPServer[None], submissions: Submissions) -> None:
    @made.tool(
        annotations=ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False)
    )
    async def propose_run(  # pyright: ignore[reportUnusedFunction]
        code: Code,
        purpose: Annotated[
            str, Field(description="What the program does and why, in one sentence for people.")
        ],
        channel: Annotated[str, Field(description="The ID of a Slack channel; there is a default.")] = "",
        parameters: Parameters = _NO_PARAMETERS,
        arguments: Arguments = _NO_ARGUMENTS,
    ) -> Proposed:
        """Validate a Ray program and put it before people in Slack, who decide whether it runs on their cluster."""
        async with _plainly():
            given, user = Given(values=parameters, arguments=tuple(arguments)), tokens.caller()
            return Proposed.of(
                *await submissions.propose(code, purpose, channel=channel, user=user, given=given)
            )


@asynccontextmanager
async def _plainly() -> AsyncGenerator[None]:
    """The MCP SDK hides the text of other exceptions; ours is meant for the caller."""
    try:
        yield
    except RaygenError as error:
        raise ToolError(error.public) from error
