from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.settings.base import SettingsGroup, StringSet
from services.domain.input_files import InputLimits
from services.tasks.admission_limits import AdmissionLimits, Day
from services.tasks.rate_limit import Rate


def _rate(value: object) -> object:
    return Rate.read(value) if isinstance(value, str) else value


class LimitSettings(SettingsGroup):
    """Limits

    Where raygen accepts requests, how many, and how many runs may be active at once.
    """

    channels: StringSet = Field(frozenset[str](), alias="RAYGEN_CHANNELS")
    """IDs of the Slack channels in which raygen accepts requests, separated by commas; `dm` stands for direct messages. Default: all."""
    workspaces: StringSet = Field(frozenset[str](), alias="RAYGEN_WORKSPACES")
    """IDs of the Slack workspaces (`T…`) whose members may make requests, separated by commas. Default: all."""
    rate: Annotated[Rate | None, BeforeValidator(_rate)] = Field(None, alias="RAYGEN_RATE")
    """How many requests one person may make per `minute`, `hour` or `day`, such as `20/hour`. Default: no limit."""
    channel_rate: Annotated[Rate | None, BeforeValidator(_rate)] = Field(None, alias="RAYGEN_CHANNEL_RATE")
    """How many requests may be made in one channel, such as `100/day`. Default: no limit."""
    tasks_per_user: int | None = Field(None, ge=1, alias="RAYGEN_TASKS_PER_USER")
    """How many requests of one person may be in progress at once. Default: no limit."""
    tasks_per_channel: int | None = Field(None, ge=1, alias="RAYGEN_TASKS_PER_CHANNEL")
    """How many requests of one channel may be in progress at once. Default: no limit."""
    daily_tokens: int | None = Field(None, gt=0, alias="RAYGEN_DAILY_TOKENS")
    """How many tokens all requests of one day (UTC) may use. Default: no limit."""
    daily_money: float | None = Field(None, gt=0, alias="RAYGEN_DAILY_MONEY")
    """How much all requests of one day (UTC) may cost, in USD. Requires RAYGEN_PRICES. Default: no limit."""
    user_daily_tokens: int | None = Field(None, gt=0, alias="RAYGEN_USER_DAILY_TOKENS")
    """How many tokens one person's requests may use in one day (UTC). Default: no limit."""
    user_daily_money: float | None = Field(None, gt=0, alias="RAYGEN_USER_DAILY_MONEY")
    """How much one person's requests may cost in one day (UTC), in USD. Requires RAYGEN_PRICES. Default: no limit."""
    runs_per_target: int | None = Field(None, ge=1, alias="RAYGEN_RUNS_PER_TARGET")
    """How many runs may be active at once on one target; further runs are queued. A target's own `runs` in the targets file takes precedence. Default: no limit."""
    runs_per_user: int | None = Field(None, ge=1, alias="RAYGEN_RUNS_PER_USER")
    """How many runs of one person's requests may be active at once; further runs are queued. Default: no limit."""
    input_mb: float = Field(50.0, gt=0, alias="RAYGEN_INPUT_MB")
    """Megabytes that the input files of one program may have in total. Ray accepts at most 100 with the program, compressed."""
    input_file_mb: float | None = Field(None, gt=0, alias="RAYGEN_INPUT_FILE_MB")
    """Megabytes that one input file may have. Default: RAYGEN_INPUT_MB."""

    @property
    def inputs(self) -> InputLimits:
        """The limits on input files."""
        total = self.input_mb * 1e6
        return InputLimits(total, total if self.input_file_mb is None else self.input_file_mb * 1e6)

    @property
    def limits(self) -> AdmissionLimits:
        """The limits on accepting requests."""
        return AdmissionLimits(
            user_rate=self.rate,
            channel_rate=self.channel_rate,
            user_tasks=self.tasks_per_user,
            channel_tasks=self.tasks_per_channel,
            day=Day(self.daily_tokens, self.daily_money),
            user_day=Day(self.user_daily_tokens, self.user_daily_money),
            channels=self.channels,
            workspaces=self.workspaces,
        )
