"""Where a cluster is, from what people write."""

from __future__ import annotations

import pytest

from services.domain.errors import BadRequest
from services.execution.address import jobs_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("10.0.0.1", "http://10.0.0.1:8265"),
        (" ray-head ", "http://ray-head:8265"),
        ("ray.example.com:9000", "http://ray.example.com:9000"),
        ("head_1.svc.cluster.local", "http://head_1.svc.cluster.local:8265"),
        ("::1", "http://[::1]:8265"),
        ("[fd00::1]:9000", "http://[fd00::1]:9000"),
        ("http://10.0.0.1", "http://10.0.0.1:8265"),
        ("http://10.0.0.1:8265/", "http://10.0.0.1:8265"),
        ("https://ray.example.com/cluster/a/", "https://ray.example.com/cluster/a"),
        ("https://ray.example.com:8443", "https://ray.example.com:8443"),
    ],
)
def test_every_way_of_writing_it(written: str, address: str):
    assert jobs_address(written) == address


@pytest.mark.parametrize(
    "written",
    ["", "http://", "ftp://a", "a b", "a:b", "a:99999", "user:word@host", "http://u:p@host", "host?x=1", "-", "[::1", "a\nb"],
)  # fmt: skip
def test_what_is_none_is_refused(written: str):
    with pytest.raises(BadRequest, match="isn't a Ray cluster address"):
        jobs_address(written)
