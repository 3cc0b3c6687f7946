"""Where the packages of programs come from."""

from __future__ import annotations

from dataclasses import replace

from bot.settings import Settings
from bot.settings.base import items
from services.domain.errors import SettingsError
from services.environments.configured import configured
from services.environments.interface import OnProgress
from services.environments.terms import MB, Allowed, Index, Terms
from services.environments.uv_environments import UvEnvironments
from services.validation.packages import Packages


def environments(settings: Settings) -> UvEnvironments | None:
    """The environments of programs, below the state directory; None where programs get no packages. Raises SettingsError."""
    if settings.packages is Allowed.OFF:
        return None
    made = UvEnvironments(terms(settings), settings.state_dir / "environments")
    try:
        made.open()
    except OSError as error:
        raise SettingsError(
            f"RAYGEN_STATE_DIR can't be written to ({error.strerror}): choose another folder."
        ) from error
    return made


def packages(settings: Settings, on_progress: OnProgress | None = None) -> Packages | None:
    """How programs get their packages; None where they get none. Raises SettingsError."""
    made = environments(settings)
    if made is None:
        return None
    return (
        Packages(environments=made, on_progress=on_progress) if on_progress else Packages(environments=made)
    )


def terms(settings: Settings) -> Terms:
    """What the settings allow; what they leave open is as in this machine's uv or pip configuration.

    Raises SettingsError.
    """
    found = Terms(
        allowed=settings.packages,
        listed=settings.packages_allowed,
        hosts=settings.package_hosts,
        builds=settings.package_builds,
        max_size=settings.packages_max_mb * MB,
        max_unpacked=3 * settings.packages_max_mb * MB,
        max_stored=settings.packages_stored_mb * MB,
        install_wall=settings.packages_wall,
        lock_age=settings.packages_lock_hours * 3600,
    )
    if found.allowed is Allowed.OFF:
        return found
    own = configured()
    constraints = own.constraints
    if file := settings.package_constraints:
        try:
            constraints = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise SettingsError(
                "RAYGEN_PACKAGE_CONSTRAINTS can't be read: check the path of the file."
            ) from None
    found = replace(found, certificates=own.certificates, constraints=constraints)
    if settings.package_index:
        urls = items(settings.package_index.get_secret_value())
        return replace(found, indexes=tuple(Index.parse(url) for url in urls))
    if own.indexes:
        return replace(found, indexes=own.indexes, best_match=own.best_match)
    return found
