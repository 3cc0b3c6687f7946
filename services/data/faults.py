"""What goes wrong with other people's storage, in sentences that say what to do. None repeats what an error's text holds."""

from __future__ import annotations

import errno
import re
from collections.abc import Generator
from contextlib import contextmanager

from services.domain.connections import Connection
from services.domain.disk_space import no_room
from services.domain.errors import DataUnavailable, RaygenError, StorageFull

_EXPIRED = "The credentials for `{name}` have expired. Renew them, and take the sample again."
_REFUSED = "The credentials for `{name}` aren't valid there. Correct them."
_DENIED = "The credentials for `{name}` don't allow reading {place}. Grant them read and list access."
_MISSING = "There is nothing at {place}. Correct the URL of `{name}`, or write data there."
_BUCKET = "There is no bucket at {place}. Correct the URL of `{name}`."
_NO_CREDENTIALS = (
    "There are no credentials for `{name}`. Add `credentials` to it, or set up AWS's credential chain."
)
_UNREACHABLE = "{place} can't be reached. Check the URL of `{name}`, and whether its server is up."
_FORMAT = "{place} has a file that isn't {kind}. Correct `kind` of `{name}`, or remove the file."
_CREDENTIALS = "Credentials"

_FULL = "No space left on device"

# What services and libraries call it, anywhere in an error; the first that is found counts.
_TEMPLATES: tuple[tuple[str, str], ...] = (
    (
        r"ExpiredToken|EXPIRED_TOKEN|TokenRefreshRequired|RequestExpired|token.{0,20}expired|SSOTokenLoad|UnauthorizedSSO",
        _EXPIRED,
    ),
    (
        (
            r"InvalidAccessKeyId|INVALID_ACCESS_KEY_ID|SignatureDoesNotMatch|SIGNATURE_DOES_NOT_MATCH|InvalidClientTokenId"
            r"|UnrecognizedClient|InvalidToken|AuthFailure|password authentication failed|no password supplied|HTTP 401|Unauthorized"
            r"|invalid_grant|role \"[^\"]*\" does not exist"
        ),
        _REFUSED,
    ),
    (
        r"NoCredentials|PartialCredentials|CredentialRetrieval|Could not.{0,20}credentials|DefaultCredentials",
        _NO_CREDENTIALS,
    ),
    (r"NoSuchBucket|NO_SUCH_BUCKET|bucket does not exist", _BUCKET),
    (
        r"AccessDenied|ACCESS_DENIED|Forbidden|HTTP 403|permission denied|InsufficientPrivilege|PERMISSION_DENIED",
        _DENIED,
    ),
    (r"NoSuchKey|NO_SUCH_KEY|RESOURCE_NOT_FOUND|HTTP 404|EntityNotFound|not found|does not exist", _MISSING),
    (
        (
            r"NETWORK_CONNECTION|EndpointConnection|ConnectTimeout|ReadTimeout|ConnectionError|Connect call failed|ClientConnector"
            r"|could not (?:connect|translate)|connection to server|connection.{0,30}(?:refused|failed|closed|timed out)|Temporary failure|curlCode|timeout expired"
            r"|getaddrinfo|HTTP 5\d\d"
        ),
        _UNREACHABLE,
    ),
    (
        r"Arrow(?:Invalid|TypeError|NotImplemented)|Parquet|magic bytes|JSONDecode|UnicodeDecode|csv\.Error",
        _FORMAT,
    ),
)
_WORDS = tuple((re.compile(words, re.IGNORECASE), template) for words, template in _TEMPLATES)
_USER = re.compile(r"(?<=://)[^/@\s]{0,200}@")
_OF_THE_SYSTEM = {
    errno.ENOENT: _MISSING,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.ECONNREFUSED: _UNREACHABLE,
    errno.ETIMEDOUT: _UNREACHABLE,
}


class WrongFormat(Exception):
    """A file isn't in the format of its connection."""


@contextmanager
def explained(connection: Connection) -> Generator[None]:
    """Raises DataUnavailable, or StorageFull, for whatever goes wrong inside."""
    try:
        yield
    except RaygenError:
        raise
    except MemoryError:
        raise DataUnavailable(
            f"Sampling `{connection.name}` takes too much memory. Lower `rows` or `size` of its sample, or leave wide columns out."
        ) from None
    except Exception as error:
        if (isinstance(error, OSError) and no_room(error)) or _FULL in str(error):
            raise StorageFull from None
        raise DataUnavailable(sentence(connection, error)) from error


def sentence(connection: Connection, error: BaseException) -> str:
    """What is wrong, and what to do. An error that nothing explains is named by its type alone."""
    # What another error was raised for says more than that one.
    known = not isinstance(error, WrongFormat) and error.__cause__
    template = (_template(known) if known else "") or _template(error)
    if not template:
        template = "`{name}` can't be read (%s). `raygen data check` tries again." % type(error).__name__  # noqa: UP031
    return template.format(name=connection.name, place=shown_place(connection), kind=connection.kind)


def shown_place(connection: Connection) -> str:
    """The location without a user, a password or a query, which may hold a signature."""
    return _USER.sub("", connection.place.partition("?")[0], count=1)


def _template(error: BaseException) -> str:
    if isinstance(error, WrongFormat):
        return _FORMAT
    text = f"{type(error).__name__} {error}"[:4000]
    status = getattr(error, "status", None)
    if isinstance(status, int):
        text = f"HTTP {status} {text}"
    for words, template in _WORDS:
        if words.search(text):
            return template
    number = getattr(error, "errno", None)
    return _OF_THE_SYSTEM.get(number, "") if isinstance(number, int) else ""
