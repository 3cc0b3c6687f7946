"""What can go wrong between us and a Lambda, each as a message that names the function and quotes nothing."""

from __future__ import annotations

from services.domain.errors import RaygenError
from services.text.formatting import human_bytes, human_seconds


class FunctionError(RaygenError):
    """The Lambda failed. Try again."""


class FunctionUnreachable(FunctionError):
    """AWS Lambda can't be reached. Try again in a minute."""


class FunctionBusy(FunctionError):
    """The Lambda is at its concurrency limit. Try again in a minute."""


class FunctionRefused(FunctionError):
    """AWS Lambda rejected the request. `raygen doctor` shows why."""


class FunctionDenied(FunctionRefused):
    """raygen lacks a permission for the Lambda. `raygen doctor` shows which."""


class FunctionFailed(FunctionError):
    """The Lambda crashed. Its CloudWatch log shows why."""


class FunctionSilent(FunctionError):
    """The Lambda did not answer. The request was not repeated, because the Lambda may have done its work."""


class FunctionGarbled(FunctionError):
    """The Lambda sent an unexpected response."""


class PayloadTooLarge(FunctionError):
    """The request is too large for Lambda."""


def unreachable(name: str) -> FunctionUnreachable:
    return FunctionUnreachable(f"The Lambda {name} can't be reached. Try again in a minute.")


def trouble(name: str) -> FunctionUnreachable:
    return FunctionUnreachable(f"AWS Lambda failed to run {name}. Try again in a minute.")


def busy(name: str) -> FunctionBusy:
    return FunctionBusy(f"The Lambda {name} is at its concurrency limit. Try again in a minute.")


def silent(name: str, seconds: float) -> FunctionSilent:
    return FunctionSilent(
        f"The Lambda {name} did not answer within {human_seconds(seconds)}. "
        "The request was not repeated, because the Lambda may have done its work."
    )


def broken_off(name: str) -> FunctionSilent:
    return FunctionSilent(
        f"The connection to the Lambda {name} was lost. The request was not repeated, because the Lambda may have done its work."
    )


def garbled(name: str) -> FunctionGarbled:
    return FunctionGarbled(
        f"The Lambda {name} sent an unexpected response. Check that it is raygen's function, in this version."
    )


def timed_out(name: str) -> FunctionFailed:
    return FunctionFailed(f"The Lambda {name} reached its time limit before it answered.")


def crashed(name: str) -> FunctionFailed:
    return FunctionFailed(f"The Lambda {name} crashed. Its CloudWatch log shows why.")


def too_large(name: str, size: int, room: int) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"The program and its files total {human_bytes(size)}, and the Lambda {name} accepts at most "
        f"{human_bytes(room)}."
    )


_REFUSALS = {
    "ResourceNotFoundException": "There is no Lambda {}. Check its name and AWS_REGION.",
    "ExpiredTokenException": "The AWS credentials for the Lambda {} have expired.",
    "ExpiredToken": "The AWS credentials for the Lambda {} have expired.",
    "UnrecognizedClientException": "AWS doesn't recognize the credentials for the Lambda {}.",
    "InvalidSignatureException": "AWS rejected the credentials for the Lambda {}.",
}


def refused(name: str, code: str) -> FunctionRefused:
    """For an error that AWS itself gives; `code` is its name there."""
    if code in {"AccessDeniedException", "AccessDenied"}:
        return FunctionDenied(f"raygen has no permission for this on the Lambda {name}.")
    sentence = _REFUSALS.get(code, "AWS rejected the request to the Lambda {}.")
    return FunctionRefused(sentence.format(name))


def no_credentials(name: str) -> FunctionRefused:
    return FunctionRefused(f"No AWS credentials found for the Lambda {name}.")


def misconfigured(name: str) -> FunctionRefused:
    return FunctionRefused(f"The Lambda {name} can't be called as configured. Check its name and AWS_REGION.")
