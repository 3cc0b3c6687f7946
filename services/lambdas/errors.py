"""What can go wrong between us and a Lambda, each in one sentence that names the function and nothing foreign."""

from __future__ import annotations

from services.domain.errors import RaygenError
from services.text.formatting import human_bytes, human_seconds


class FunctionError(RaygenError):
    """The Lambda could not do its work; please try again."""


class FunctionUnreachable(FunctionError):
    """AWS Lambda can't be reached right now; please try again in a minute."""


class FunctionBusy(FunctionError):
    """The Lambda has as much to do as it may; please try again in a minute."""


class FunctionRefused(FunctionError):
    """AWS Lambda refused to be asked; `raygen doctor` says why."""


class FunctionDenied(FunctionRefused):
    """raygen may not do this with the Lambda; `raygen doctor` says what is missing."""


class FunctionFailed(FunctionError):
    """The Lambda broke down at its work; its log in CloudWatch says why."""


class FunctionSilent(FunctionError):
    """The Lambda did not answer, and is not asked again, since it may have done its work."""


class FunctionGarbled(FunctionError):
    """The Lambda's answer can't be understood."""


class PayloadTooLarge(FunctionError):
    """That is more than Lambda takes in one request."""


def unreachable(name: str) -> FunctionUnreachable:
    return FunctionUnreachable(f"The Lambda {name} can't be reached right now; please try again in a minute.")


def trouble(name: str) -> FunctionUnreachable:
    return FunctionUnreachable(
        f"AWS Lambda has trouble of its own with {name} right now; please try again in a minute."
    )


def busy(name: str) -> FunctionBusy:
    return FunctionBusy(f"The Lambda {name} has as much to do as it may; please try again in a minute.")


def silent(name: str, seconds: float) -> FunctionSilent:
    return FunctionSilent(
        f"The Lambda {name} did not answer within {human_seconds(seconds)};"
        " it is not asked again, since it may have done its work."
    )


def broken_off(name: str) -> FunctionSilent:
    return FunctionSilent(
        f"The answer of the Lambda {name} broke off; it is not asked again, since it may have done its work."
    )


def garbled(name: str) -> FunctionGarbled:
    return FunctionGarbled(
        f"The Lambda {name} gave an answer of another kind; is it raygen's own, and of this version?"
    )


def timed_out(name: str) -> FunctionFailed:
    return FunctionFailed(f"The Lambda {name} was ended by its own time limit before it could answer.")


def crashed(name: str) -> FunctionFailed:
    return FunctionFailed(f"The Lambda {name} broke down at its work; its log in CloudWatch says why.")


def too_large(name: str, size: int, room: int) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"The program and its files take {human_bytes(size)} together, and the Lambda {name} takes"
        f" {human_bytes(room)} at most."
    )


_REFUSALS = {
    "ResourceNotFoundException": "There is no Lambda {}; check its name and AWS_REGION.",
    "ExpiredTokenException": "The AWS credentials with which raygen asks the Lambda {} have expired.",
    "ExpiredToken": "The AWS credentials with which raygen asks the Lambda {} have expired.",
    "UnrecognizedClientException": "AWS does not know the credentials with which raygen asks the Lambda {}.",
    "InvalidSignatureException": "AWS does not accept the credentials with which raygen asks the Lambda {}.",
}


def refused(name: str, code: str) -> FunctionRefused:
    """For an error that AWS itself gives; `code` is its name there."""
    if code in {"AccessDeniedException", "AccessDenied"}:
        return FunctionDenied(f"raygen has no permission for this on the Lambda {name}.")
    sentence = _REFUSALS.get(code, "AWS refused the request to the Lambda {}.")
    return FunctionRefused(sentence.format(name))


def no_credentials(name: str) -> FunctionRefused:
    return FunctionRefused(f"There are no AWS credentials to ask the Lambda {name} with.")


def misconfigured(name: str) -> FunctionRefused:
    return FunctionRefused(
        f"The Lambda {name} can't be asked as it is configured; check its name and AWS_REGION."
    )
