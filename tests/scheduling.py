"""Shares the tests out among the processes of pytest-xdist, one group at a time.

The tests of a group share what is slow to start, so they stay in one process.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

#: Folders whose tests share a cluster or a playground.
SHARING = (
    "tests/e2e",
    "tests/contract/execution",
    "tests/integration/execution",
    "tests/integration/validation/fidelity",
)

#: Files in them whose tests start what they need themselves.
ALONE = frozenset(f"tests/e2e/test_{name}.py" for name in ("crowd", "page", "thread_approvals", "unsealed"))

#: Files that share a playground among themselves, so that those of the folder need not wait for them.
APART = frozenset(f"tests/e2e/test_{name}.py" for name in ("chaos", "full_disk", "kills"))


#: The groups that take longest, by minutes to a quarter of a minute; each of them in one process, so they begin first.
LONG = (
    "tests/e2e",
    "tests/integration/validation/fidelity",
    "tests/e2e, apart",
    "tests/contract/execution",
    "tests/integration/execution",
    "tests/integration/validation/attacks/test_attacks.py",
    "tests/integration/test_remote_faults.py",
    "tests/integration/test_queues.py",
    "tests/integration/test_poison_messages.py",
    "tests/integration/test_model_faults.py",
    "tests/integration/validation/test_modules.py",
    "tests/e2e/test_page.py",
    "tests/e2e/test_thread_approvals.py",
    "tests/contract/snippets/test_snippets.py",
    "tests/integration/validation/test_verdicts.py",
)


class Scheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The group of a test: its folder where the tests share something, else its file."""
    file = nodeid.split("::", 1)[0]
    folder = str(PurePosixPath(file).parent)
    if file in APART:
        return "tests/e2e, apart"
    return folder if folder in SHARING and file not in ALONE else file


def turn(nodeid: str) -> int:
    """When the group of a test has its turn: those of `LONG` first, in that order."""
    group = group_of(nodeid)
    return LONG.index(group) if group in LONG else len(LONG)
