from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field, SecretStr

from bot.settings.base import SettingsGroup, as_list
from services.domain.errors import SettingsError
from services.domain.values import Engine
from services.policy import Policy, grades_in


def _grades(value: object) -> object:
    try:
        grades = grades_in(value) if isinstance(value, str) else value
        return Policy(cast("Mapping[str, str]", grades)).grades
    except SettingsError as error:
        raise ValueError(error.public[0].lower() + error.public[1:]) from None


class ValidationSettings(SettingsGroup):
    """Validation

    How a program is checked before a person sees it, and where small calculations run.
    """

    validation: Literal["sealed", "cluster", "unsealed", "gateway", "lambda"] = Field(
        "sealed", alias="RAYGEN_VALIDATION"
    )
    """Where programs are validated: `sealed` in a bubblewrap sandbox on this machine, `cluster` on RAYGEN_VALIDATION_ADDRESS, `gateway` by a tool at RAYGEN_GATEWAY_URL, `lambda` by RAYGEN_VALIDATION_LAMBDA, or `unsealed` as jobs on the target cluster, before anybody has approved them."""
    validation_address: str | None = Field(None, alias="RAYGEN_VALIDATION_ADDRESS")
    """The Ray Jobs API of a cluster that is used only for validation. It is also passed to a gateway or Lambda that validates."""
    validation_token: SecretStr | None = Field(None, alias="RAYGEN_VALIDATION_TOKEN")
    """The token of the validation cluster."""
    validation_wall: float = Field(60.0, gt=0, alias="RAYGEN_VALIDATION_WALL")
    """The time limit for one validation, in seconds."""
    validation_memory_mb: int = Field(3072, ge=512, alias="RAYGEN_VALIDATION_MEMORY_MB")
    """The memory limit of one sealed cluster, in MB."""
    validation_object_store_mb: int = Field(256, ge=80, le=65536, alias="RAYGEN_VALIDATION_OBJECT_STORE_MB")
    """The size of a sealed cluster's object store, in MB. It counts toward the memory that one cluster takes."""
    pool_size: int = Field(1, ge=0, le=16, alias="RAYGEN_POOL_SIZE")
    """How many sealed clusters are kept ready for the next validation."""
    snippets: Literal["on", "off", "gateway", "lambda"] = Field("on", alias="RAYGEN_SNIPPETS")
    """`off` disables the sandbox that the model uses for small calculations. `gateway` runs them by a tool at RAYGEN_GATEWAY_URL, `lambda` by RAYGEN_SNIPPETS_LAMBDA."""
    policy: Annotated[dict[str, str], BeforeValidator(_grades)] = Field({}, alias="RAYGEN_POLICY")
    """Changes to the grades of [policy rules](policy.md): `network=refuse, detached=off`."""
    engines: Annotated[tuple[Engine, ...], as_list] = Field(
        (Engine.RAY, Engine.SPARK), min_length=1, alias="RAYGEN_ENGINES"
    )
    """The engines that programs are written for, separated by commas, the default first. raygen runs only programs for Ray."""
