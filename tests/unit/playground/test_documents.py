"""The playground's state outlives a disk that was full, and holds all that happened meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.playground.slack.state.documents import Documents


def limit(documents: Documents, pages: int) -> None:
    documents._db.execute(f"pragma max_page_count = {pages}")


@pytest.mark.parametrize("together", [True, False])
def test_what_happens_on_a_full_disk_is_written_once_there_is_room(tmp_path: Path, *, together: bool):
    path = tmp_path / "slack.db"
    documents = Documents(path)
    documents.put("messages", "before", {"text": "before"})
    (pages,) = documents._db.execute("pragma page_count").fetchone()
    limit(documents, pages + 2)
    documents.put_blob("picture", b"\1" * 100_000)
    for number in range(20):
        if together:
            with documents.transaction():
                documents.put("messages", f"{number}", {"text": "x" * 3000})
                documents.put("threads", f"{number}", {"of": number})
        else:
            documents.put("messages", f"{number}", {"text": "x" * 3000})
            documents.put("threads", f"{number}", {"of": number})
    documents.drop("messages", "before")
    assert documents.blob("picture") == b"\1" * 100_000
    limit(documents, 2**30)
    documents.put("messages", "after", {"text": "after"})
    held = {kind: dict(documents.table(kind)) for kind in ("messages", "threads")}
    documents.close()
    read = Documents(path)
    assert {kind: read.table(kind) for kind in held} == held
    assert (len(held["messages"]), len(held["threads"])) == (21, 20)
    assert read.blob("picture") == b"\1" * 100_000
    read.close()
