"""All settings, read from the environment and a `.env` file, each with its meaning beside it."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.api.tokens import Tokens
from services.domain.errors import SettingsError
from services.domain.values import Engine
from services.execution import outgoing
from services.execution.outgoing import Outgoing
from services.gateway import names
from services.llm.clients import Access, Provider
from services.policy import Policy, grades_in
from services.security.encryption import Encryptor
from services.supervisor.meter import Price
from services.tasks.admission import AdmissionLimits, Day
from services.tasks.rate_limit import Rate

_PRICE = re.compile(r"([^\s=]+)\s*=\s*(\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)")


def _state_dir() -> Path:
    return Path.home() / ".local" / "state" / "raygen"


class Settings(BaseSettings):
    """What an operator can choose; field descriptions are the table in the README."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", populate_by_name=True)

    slack_bot_token: SecretStr | None = Field(
        None, alias="SLACK_BOT_TOKEN", description="The bot's token (`xoxb-…`) from the app's *Install* page."
    )
    slack_app_token: SecretStr | None = Field(
        None,
        alias="SLACK_APP_TOKEN",
        description="An app-level token (`xapp-…`) with `connections:write`, for Socket Mode.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        alias="SLACK_SIGNING_SECRET",
        description="The app's signing secret: with it `raygen serve` hears Slack over HTTP, at `/slack/events`.",
    )
    slack_client_id: str = Field(
        "",
        alias="SLACK_CLIENT_ID",
        description="The app's client ID, instead of SLACK_BOT_TOKEN: many workspaces, by OAuth (docs/installation.md).",
    )
    slack_client_secret: SecretStr | None = Field(
        None, alias="SLACK_CLIENT_SECRET", description="The app's client secret, for the same."
    )
    oauth_keys: SecretStr | None = Field(
        None,
        alias="RAYGEN_OAUTH_KEY",
        description="Encrypts the workspaces' tokens in the database; several by commas, the newest first. Default: plain.",
    )
    public_url: str = Field(
        "",
        alias="RAYGEN_PUBLIC_URL",
        description="Where Slack and browsers reach `raygen serve`: `https://…`, for redirects and the manifest.",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        alias="SLACK_API_URL",
        description="Slack's Web API; change it for GovSlack.",
    )
    anthropic_api_key: SecretStr | None = Field(
        None, alias="ANTHROPIC_API_KEY", description="The key for Claude."
    )
    anthropic_base_url: str | None = Field(
        None, alias="ANTHROPIC_BASE_URL", description="A gateway that speaks the Messages API."
    )
    provider: Provider = Field(
        Provider.ANTHROPIC,
        alias="RAYGEN_PROVIDER",
        description="Who serves the models: `anthropic`, `bedrock` (Mantle) or `bedrock-classic`.",
    )
    bedrock_url: str | None = Field(
        None, alias="RAYGEN_BEDROCK_URL", description="Bedrock's address; default: the region's own."
    )
    aws_region: str | None = Field(None, alias="AWS_REGION", description="Where Bedrock is asked.")
    model: str = Field("claude-sonnet-5-5", alias="RAYGEN_MODEL", description="The supervisor's model.")
    generator_model: str = Field(
        "claude-sonnet-5-5", alias="RAYGEN_GENERATOR_MODEL", description="The code generator's model."
    )
    fallback_models: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        alias="RAYGEN_FALLBACK_MODELS",
        description="Models that answer while the chosen one is busy, the preferred one first, by commas. "
        "People may choose one of them, or the supervisor's, for what they ask.",
    )
    budget_tokens: int = Field(
        400_000, gt=0, alias="RAYGEN_BUDGET_TOKENS", description="Tokens that one request may take."
    )
    budget_money: float | None = Field(
        None, gt=0, alias="RAYGEN_BUDGET_MONEY", description="What one request may cost; needs prices."
    )
    budget_wall: float = Field(
        900.0,
        gt=0,
        alias="RAYGEN_BUDGET_WALL",
        description="Seconds after which a request asks no model any more.",
    )
    prices: Annotated[dict[str, Price], NoDecode] = Field(
        {},
        alias="RAYGEN_PRICES",
        description="USD for a million tokens in and out: `claude-sonnet-5-5=3/15, claude-haiku-5-5=1/5`.",
    )
    attempts: int = Field(
        5, ge=1, le=10, alias="RAYGEN_ATTEMPTS", description="How many drafts a request may take."
    )
    model_deadline: float = Field(
        180.0, gt=0, alias="RAYGEN_MODEL_DEADLINE", description="Seconds for one answer of a model."
    )
    supervisor: Literal["embedded", "agentcore"] = Field(
        "embedded",
        alias="RAYGEN_SUPERVISOR",
        description="`agentcore` leaves programs and answers to the runtime of RAYGEN_AGENTCORE_ARN, with its models and validation.",
    )
    agentcore_arn: str = Field(
        "",
        alias="RAYGEN_AGENTCORE_ARN",
        description="The runtime on Bedrock AgentCore that `raygen agentcore` runs in.",
    )
    agentcore_qualifier: str = Field(
        "DEFAULT",
        alias="RAYGEN_AGENTCORE_QUALIFIER",
        description="Which of the runtime's endpoints is asked.",
    )
    agentcore_url: str | None = Field(
        None,
        alias="RAYGEN_AGENTCORE_URL",
        description="AgentCore's data plane, where it is not the region's own, such as a private endpoint.",
    )
    validation: Literal["sealed", "cluster", "unsealed", "gateway", "lambda"] = Field(
        "sealed",
        alias="RAYGEN_VALIDATION",
        description="`sealed` in bubblewrap; `cluster` on RAYGEN_VALIDATION_ADDRESS; `unsealed` as jobs on the target; "
        "`gateway` by a tool behind RAYGEN_GATEWAY_URL; `lambda` by RAYGEN_VALIDATION_LAMBDA.",
    )
    validation_address: str | None = Field(
        None,
        alias="RAYGEN_VALIDATION_ADDRESS",
        description="The Jobs API of a Ray cluster that is there for validation alone.",
    )
    validation_token: SecretStr | None = Field(
        None, alias="RAYGEN_VALIDATION_TOKEN", description="The token of the validation cluster."
    )
    validation_lambda: str = Field(
        "", alias="RAYGEN_VALIDATION_LAMBDA", description="The Lambda that validates: its name or ARN."
    )
    snippets_lambda: str = Field(
        "", alias="RAYGEN_SNIPPETS_LAMBDA", description="The Lambda that runs snippets: its name or ARN."
    )
    lambda_url: str | None = Field(
        None,
        alias="RAYGEN_LAMBDA_URL",
        description="AWS Lambda's address, such as a private endpoint's; default: the region's own.",
    )
    ray_address: str | None = Field(
        None,
        alias="RAY_ADDRESS",
        description="The target's Jobs API (`http://host:8265`). Without it raygen runs a local cluster.",
    )
    ray_auth_token: SecretStr | None = Field(
        None, alias="RAY_AUTH_TOKEN", description="The token of that cluster, where it asks for one."
    )
    target_name: str = Field(
        "", alias="RAYGEN_TARGET_NAME", description="What people see as the target's name."
    )
    targets: Path | None = Field(
        None,
        alias="RAYGEN_TARGETS",
        description="A TOML file that names several clusters, with their terms; it replaces RAY_ADDRESS (docs/targets.md).",
    )
    target_cpus: int | None = Field(
        None,
        ge=1,
        alias="RAYGEN_TARGET_CPUS",
        description="CPUs of the local cluster; default: the machine's.",
    )
    target_network: Outgoing = Field(
        default_factory=outgoing.default,
        alias="RAYGEN_TARGET_NETWORK",
        description="What programs on the local cluster can connect to: `none`, or `internet` by pasta (docs/targets.md).",
    )
    run_wall_limit: float = Field(
        3600.0, gt=0, alias="RAYGEN_RUN_WALL_LIMIT", description="Seconds after which a run is stopped."
    )
    runs_per_target: int | None = Field(
        None,
        ge=1,
        alias="RAYGEN_RUNS_PER_TARGET",
        description="How many runs may go at once on one target; others wait their turn. Default: no limit.",
    )
    runs_per_user: int | None = Field(
        None,
        ge=1,
        alias="RAYGEN_RUNS_PER_USER",
        description="How many runs of what one person asked for may go at once. Default: no limit.",
    )
    rate: Annotated[Rate | None, NoDecode] = Field(
        None,
        alias="RAYGEN_RATE",
        description="How often one person may ask: `20/hour`, or by minute or day. Default: no limit.",
    )
    channel_rate: Annotated[Rate | None, NoDecode] = Field(
        None,
        alias="RAYGEN_CHANNEL_RATE",
        description="How often raygen may be asked in one channel, as RAYGEN_RATE. Default: no limit.",
    )
    tasks_per_user: int | None = Field(
        None,
        ge=1,
        alias="RAYGEN_TASKS_PER_USER",
        description="How many requests of one person may be worked on at once. Default: no limit.",
    )
    tasks_per_channel: int | None = Field(
        None,
        ge=1,
        alias="RAYGEN_TASKS_PER_CHANNEL",
        description="How many requests of one channel may be worked on at once. Default: no limit.",
    )
    daily_tokens: int | None = Field(
        None,
        gt=0,
        alias="RAYGEN_DAILY_TOKENS",
        description="Tokens that all requests of a day (UTC) may take.",
    )
    daily_money: float | None = Field(
        None,
        gt=0,
        alias="RAYGEN_DAILY_MONEY",
        description="What all requests of a day may cost; needs prices.",
    )
    user_daily_tokens: int | None = Field(
        None, gt=0, alias="RAYGEN_USER_DAILY_TOKENS", description="The same for one person's requests."
    )
    user_daily_money: float | None = Field(
        None, gt=0, alias="RAYGEN_USER_DAILY_MONEY", description="The same for one person's requests."
    )
    channels: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        alias="RAYGEN_CHANNELS",
        description="Slack channel IDs in which raygen takes requests, `dm` for direct messages. Default: all.",
    )
    workspaces: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        alias="RAYGEN_WORKSPACES",
        description="Slack team IDs for which raygen takes requests, and only from their members. Default: all.",
    )
    snippets: Literal["on", "off", "gateway", "lambda"] = Field(
        "on",
        alias="RAYGEN_SNIPPETS",
        description="`off` takes the model its sandbox for small computations; `gateway` has them run behind RAYGEN_GATEWAY_URL, "
        "`lambda` in RAYGEN_SNIPPETS_LAMBDA.",
    )
    gateway_url: str | None = Field(
        None,
        alias="RAYGEN_GATEWAY_URL",
        description="An MCP server with raygen's tools, such as an AgentCore Gateway (docs/mcp.md).",
    )
    gateway_auth: Literal["none", "jwt", "sigv4"] = Field(
        "none",
        alias="RAYGEN_GATEWAY_AUTH",
        description="`jwt` by OAuth2 client credentials; `sigv4` by AWS credentials.",
    )
    gateway_token_url: str | None = Field(
        None, alias="RAYGEN_GATEWAY_TOKEN_URL", description="The OAuth2 token endpoint for `jwt`."
    )
    gateway_client_id: str = Field("", alias="RAYGEN_GATEWAY_CLIENT_ID", description="The client's ID there.")
    gateway_client_secret: SecretStr | None = Field(
        None, alias="RAYGEN_GATEWAY_CLIENT_SECRET", description="The client's secret there."
    )
    gateway_scope: str = Field(
        "", alias="RAYGEN_GATEWAY_SCOPE", description="The scopes to ask for, apart by spaces."
    )
    gateway_validation_tool: str = Field(
        names.VALIDATION,
        alias="RAYGEN_GATEWAY_VALIDATION_TOOL",
        description="The gateway's name of the tool that validates.",
    )
    gateway_snippet_tool: str = Field(
        names.SNIPPETS,
        alias="RAYGEN_GATEWAY_SNIPPET_TOOL",
        description="The gateway's name of the tool that runs snippets.",
    )
    mcp_channel: str = Field(
        "",
        alias="RAYGEN_MCP_CHANNEL",
        description="The Slack channel (ID; `T…/C…` among many workspaces) that agents' proposals are posted in.",
    )
    mcp_user: str = Field(
        "",
        alias="RAYGEN_MCP_USER",
        description="The Slack user in whose name agents propose that have no token of somebody's.",
    )
    policy: Annotated[dict[str, str], NoDecode] = Field(
        {},
        alias="RAYGEN_POLICY",
        description="Grades of the policy's rules: `network=refuse, detached=off` (see docs/policy.md).",
    )
    engines: Annotated[tuple[Engine, ...], NoDecode] = Field(
        (Engine.RAY, Engine.SPARK),
        min_length=1,
        alias="RAYGEN_ENGINES",
        description="What programs are written for, the default first. Only those for Ray are run by raygen.",
    )
    approvers: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        alias="RAYGEN_APPROVERS",
        description="Slack user IDs that may approve, by commas. Default: every member who is not a guest.",
    )
    approvals: Path | None = Field(
        None,
        alias="RAYGEN_APPROVALS",
        description="A TOML file with rules for who may approve what where; it replaces RAYGEN_APPROVERS (docs/approvals.md).",
    )
    approval_expiry: float = Field(
        604_800.0,
        gt=0,
        alias="RAYGEN_APPROVAL_EXPIRY",
        description="Seconds for which a proposal can be approved; then it takes a new one.",
    )
    approval_reminder: float = Field(
        14_400.0,
        ge=0,
        alias="RAYGEN_APPROVAL_REMINDER",
        description="Seconds after which the approvers of a proposal are reminded of it, once; 0 for never.",
    )
    pool_size: int = Field(
        1, ge=0, le=16, alias="RAYGEN_POOL_SIZE", description="Sealed clusters kept ready for validation."
    )
    validation_wall: float = Field(
        60.0, gt=0, alias="RAYGEN_VALIDATION_WALL", description="Seconds for one validation attempt."
    )
    validation_memory_mb: int = Field(
        3072, ge=512, alias="RAYGEN_VALIDATION_MEMORY_MB", description="Memory of one sealed cluster."
    )
    audit_channel: str = Field(
        "",
        alias="RAYGEN_AUDIT_CHANNEL",
        description="The Slack channel (ID; `T…/C…` among many workspaces) that is told decisions, runs and stops, with their hashes.",
    )
    state_dir: Path = Field(
        default_factory=_state_dir,
        alias="RAYGEN_STATE_DIR",
        description="Where the database and the local cluster live. Default: `~/.local/state/raygen`.",
    )
    database_url: str | None = Field(
        None,
        alias="RAYGEN_DATABASE_URL",
        description="`sqlite:///file` or `postgresql://…`. Default: SQLite in the state directory.",
    )
    artifacts: str = Field(
        "",
        alias="RAYGEN_ARTIFACTS",
        description="Where files of runs are kept: a folder, or `s3://bucket/prefix`. Default: in the state directory.",
    )
    s3_endpoint: str | None = Field(
        None,
        alias="AWS_ENDPOINT_URL_S3",
        description="An S3 service other than Amazon's, for the files of runs.",
    )
    keep_days: float | None = Field(
        None,
        gt=0,
        alias="RAYGEN_KEEP_DAYS",
        description="Days after which requests, programs, runs and files are deleted. Default: never.",
    )
    executor: str = Field(
        "",
        alias="RAYGEN_EXECUTOR",
        description="This replica's own name, such as the pod's. Default: `local`; on PostgreSQL the host's name.",
    )
    takeover_after: float = Field(
        30.0,
        ge=1,
        alias="RAYGEN_TAKEOVER_AFTER",
        description="Seconds of silence after which other replicas go on with the work of one that died.",
    )
    health_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        alias="RAYGEN_HEALTH_PORT",
        description="Serve `/healthz` and `/readyz` on this port of loopback.",
    )
    api_tokens: SecretStr | None = Field(
        None,
        alias="RAYGEN_API_TOKENS",
        description="Who may use the API: `ci=TOKEN, ann+approve=TOKEN`. Default: who is on this machine, without approving.",
    )
    api_host: str = Field(
        "127.0.0.1",
        alias="RAYGEN_API_HOST",
        description="The address that `raygen serve` listens on; other than loopback only with tokens.",
    )
    api_port: int = Field(
        8000, ge=0, le=65535, alias="RAYGEN_API_PORT", description="The port that `raygen serve` listens on."
    )
    api_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        alias="RAYGEN_API_URL",
        description="Where others reach `raygen serve`, such as `https://raygen.example.com`; links to its runs are shown as cards.",
    )
    traces: str | None = Field(
        None,
        alias="RAYGEN_TRACES",
        description="Where spans are sent by OTLP over HTTP, such as `http://localhost:4318/v1/traces`.",
    )
    log_level: str = Field("INFO", alias="RAYGEN_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR.")

    log_text: Literal["on", "off"] = Field(
        "off",
        alias="RAYGEN_LOG_TEXT",
        description="`on` lets logs tell what exceptions say, which may quote requests and programs; never secrets.",
    )

    @field_validator("approvers", "channels", "workspaces", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        return frozenset(filter(None, re.split(r"[\s,]+", value))) if isinstance(value, str) else value

    @field_validator("fallback_models", "engines", mode="before")
    @classmethod
    def _in_order(cls, value: object) -> object:
        return tuple(filter(None, re.split(r"[\s,]+", value))) if isinstance(value, str) else value

    @field_validator("prices", mode="before")
    @classmethod
    def _priced(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = [_PRICE.fullmatch(part.strip()) for part in value.split(",") if part.strip()]
        if None in found:
            raise ValueError("write `model=in/out`, apart by commas, such as `claude-sonnet-5-5=3/15`")
        return {match[1]: Price(float(match[2]), float(match[3])) for match in found if match}

    @field_validator("rate", "channel_rate", mode="before")
    @classmethod
    def _rated(cls, value: object) -> object:
        return Rate.read(value) if isinstance(value, str) else value

    @field_validator("policy", mode="before")
    @classmethod
    def _graded(cls, value: object) -> object:
        grades = grades_in(value) if isinstance(value, str) else value
        return Policy(cast("dict[str, str]", grades)).grades

    @field_validator("api_tokens")
    @classmethod
    def _held(cls, value: SecretStr | None) -> SecretStr | None:
        Tokens.read(value.get_secret_value() if value else "")
        return value

    @property
    def tokens(self) -> Tokens:
        """Who may use the API."""
        return Tokens.read(self.api_tokens.get_secret_value() if self.api_tokens else "")

    @property
    def seal(self) -> Encryptor:
        """What the workspaces' tokens are encrypted with. Raises SettingsError for a key that is none."""
        keys = self.oauth_keys.get_secret_value() if self.oauth_keys else ""
        return Encryptor([key for key in re.split(r"[\s,]+", keys) if key])

    @property
    def limits(self) -> AdmissionLimits:
        """What requests are held to."""
        return AdmissionLimits(
            self.rate,
            self.channel_rate,
            self.tasks_per_user,
            self.tasks_per_channel,
            Day(self.daily_tokens, self.daily_money),
            Day(self.user_daily_tokens, self.user_daily_money),
            self.channels,
            self.workspaces,
        )

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.state_dir / 'raygen.db'}"

    @property
    def replica(self) -> str:
        """The name that this process has among those that share the database."""
        shared = not self.database.startswith("sqlite")
        return self.executor or (socket.gethostname() if shared else "local")

    @property
    def target(self) -> str:
        """The target's name for people."""
        return self.target_name or ("cluster" if self.ray_address else "embedded")


def leave_environment() -> None:
    """Take our secrets out of this process's environment, so that no child and no library finds them there."""
    for name, field in Settings.model_fields.items():
        if "SecretStr" in str(field.annotation):
            os.environ.pop(field.alias or name, None)


def load(**overrides: object) -> Settings:
    """The settings in force. Raises SettingsError with one sentence that names the wrong one."""
    try:
        return Settings(**overrides)  # pyright: ignore[reportArgumentType]  # pydantic checks them
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(str(part) for part in problem["loc"])
        raise SettingsError(f"{name} is wrong: {problem['msg']}.") from None
    except ValueError as error:
        raise SettingsError(f"The settings can't be read: {error}.") from None


def require_supervisor(settings: Settings) -> None:
    """Raises SettingsError when something is missing for the chosen supervisor."""
    if settings.supervisor == "embedded":
        require_model(settings)
    elif not settings.agentcore_arn:
        raise SettingsError("RAYGEN_SUPERVISOR=agentcore needs RAYGEN_AGENTCORE_ARN, the runtime's ARN.")


def require_model(settings: Settings) -> Access:
    """How the model service is reached. Raises SettingsError when something for it is missing."""
    if settings.provider is not Provider.ANTHROPIC:
        if not settings.aws_region:
            raise SettingsError("AWS_REGION is not set; raygen needs it to reach Claude on Bedrock.")
        return Access(settings.provider, base_url=settings.bedrock_url, region=settings.aws_region)
    key = settings.anthropic_api_key.get_secret_value() if settings.anthropic_api_key else ""
    if not key:
        raise SettingsError("ANTHROPIC_API_KEY is not set; raygen needs it to reach Claude.")
    return Access(api_key=key, base_url=settings.anthropic_base_url)
