"""Whether a run failed because a service refused its credentials, by what the program's own failure says."""

from __future__ import annotations

import re

from services.domain.provisions import Provisions
from services.domain.values import Outcome, Verdict

_READ = 4000
# What services and their libraries call it, and what an operator does about it; the first that is found counts.
_EXPIRED = re.compile(
    r"(?i)ExpiredToken|TokenExpired|RequestExpired|TokenRefreshRequired|ExpiredSignature"
    r"|(?:token|key|credential|certificate)s? (?:has|have|is|are) expired"
)
_WRONG = re.compile(
    r"(?i)InvalidAccessKeyId|SignatureDoesNotMatch|InvalidClientTokenId|UnrecognizedClient|AuthenticationError|AuthFailure"
    r"|Unauthorized|(?:HTTP|status|error|code)\D{0,20}401\b|invalid[ _]api[ _]key|incorrect api key|invalid[ _]grant"
    r"|password authentication failed"
)
_DENIED = re.compile(
    r"(?i)Access_?Denied|PermissionDenied|Forbidden|(?:HTTP|status|error|code)\D{0,20}403\b|permission denied for"
    r"|InsufficientPrivilege|not authorized"
)
_KINDS = (
    (_EXPIRED, "has expired", "renew it"),
    (_WRONG, "isn't valid", "correct it"),
    (_DENIED, "lacks a permission", "grant it"),
)


def refusal(provisions: Provisions, outcome: Outcome) -> str:
    """What an operator has to do before it can be run again, as a sentence; empty where nothing says that it was refused."""
    names = [
        *(f"the secret {each.name}" for each in provisions.secrets),
        *(f"the data connection {each.name}" for each in provisions.connections),
    ]
    if not names or outcome.verdict is not Verdict.FAILED or outcome.failure is None:
        return ""
    text = f"{outcome.failure.kind} {outcome.failure.message}"[:_READ]
    for words, why, advice in _KINDS:
        if words.search(text):
            used = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
            return f"The failure says that a credential {why}. This program uses {used}: have an operator {advice}, then run it again."
    return ""
