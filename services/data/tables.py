# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyarrow has no types.
"""What table formats have in common: data files in Parquet, a log that says which of them count, and storage for both."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from services.data.columns import Columns
from services.data.credentials import Value
from services.data.filesystems import s3_endpoint
from services.data.interface import Sampled
from services.data.profiles import described
from services.domain.connections import Connection, Origin, SampleProfile, TableProfile
from services.domain.errors import DataUnavailable


def aws_keys(value: Value) -> dict[str, str]:
    """Key, secret, token and region of S3, as `key`, `secret`, `token`, `region` and `endpoint`; what is unknown is absent."""
    session = value.session()
    found = None if value.connection.credentials.origin is Origin.NONE else session.get_credentials()
    frozen = found.get_frozen_credentials() if found is not None else None
    parts = {
        "key": frozen.access_key if frozen else None,
        "secret": frozen.secret_key if frozen else None,
        "token": frozen.token if frozen else None,
        "region": session.region_name or "us-east-1",
        "endpoint": s3_endpoint(value),
    }
    return {name: part for name, part in parts.items() if part}


def identity(table: Any, partitions: Sequence[str]) -> str:
    """The hash of rows and layout: files of a table have other names each time that they are written."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(repr(tuple(partitions)).encode() + sink.getvalue().to_pybytes()).hexdigest()


def sampled(
    table: Any,
    columns: Columns,
    *,
    partitions: Sequence[str],
    total_rows: int | None,
    exact: bool,
    files: int,
    size: int | None,
) -> Sampled:
    """What is told of a sample whose rows are `table`, masked."""
    profile = SampleProfile(
        tables=(
            TableProfile(
                columns=described(table, columns.masked),
                rows=table.num_rows,
                total_rows=total_rows,
                exact=exact,
                partitions=tuple(partitions),
            ),
        ),
        total_files=files,
        total_size=size,
    )
    return Sampled(profile=profile, identity=identity(table, partitions))


def no_table(connection: Connection, kind: str) -> DataUnavailable:
    return DataUnavailable(
        f"There is no {kind} table at the URL of `{connection.name}`. Correct its URL or `kind`, or create the table."
    )
