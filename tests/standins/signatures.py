"""Checks signatures of AWS's version 4 by computing them again with the secret that both sides know."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)"
)
_FRESH = 300.0


@dataclass(frozen=True)
class Signatures:
    """Who may call: one key for one service of one region."""

    key: str = "AKIDEXAMPLE"
    secret: str = "wJalrXUtnFEMI/K7MDENG"  # no secret outside of tests
    region: str = "eu-central-1"
    service: str = "bedrock-agentcore"

    def objection(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> str:
        """Why the request is not taken; empty when it is. `headers` by lower-case names."""
        found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if found is None:
            return "it has no signature"
        key, region, service, names, signature = found.groups()
        if (key, region, service) != (self.key, self.region, self.service):
            return f"it is signed with {key} for {service} in {region}"
        stamp = headers.get("x-amz-date", "")
        signed_at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs((datetime.now(UTC) - signed_at).total_seconds()) > _FRESH:
            return "its signature is too old"
        covered = names.split(";")
        if not {"host", "x-amz-date"} <= set(covered):
            return "its signature covers too little"
        request = AWSRequest(method, url, {name: headers[name] for name in covered}, body)
        request.context["timestamp"] = stamp
        signer = SigV4Auth(Credentials(self.key, self.secret), service, region)
        expected = signer.signature(
            signer.string_to_sign(request, signer.canonical_request(request)), request
        )
        return "" if hmac.compare_digest(expected, signature) else "its signature is wrong"
