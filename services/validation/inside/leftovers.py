# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportAttributeAccessIssue=false
# Ray is untyped here, and has no public call that lists other jobs' actors so cheaply.
"""What an attempt has left in Ray itself: Ray restarts a detached actor whose worker dies at its start."""

from __future__ import annotations

import time

_LIVE = ("DEPENDENCIES_UNREADY", "PENDING_CREATION", "ALIVE", "RESTARTING")
_PAUSE = 0.02


def are_gone(within: float) -> bool:
    """Whether the connected cluster is without actors and placement groups, at the latest after `within` seconds."""
    limit = time.monotonic() + within
    while _exist():
        if time.monotonic() > limit:
            return False
        time.sleep(_PAUSE)
    return True


def _exist() -> bool:
    from ray._private.state import state
    from ray.core.generated import gcs_pb2

    accessor = state._connect_and_get_accessor()  # its public calls parse every dead actor too
    removed = gcs_pb2.PlacementGroupTableData.PlacementGroupState.Value("REMOVED")
    groups = (
        gcs_pb2.PlacementGroupTableData.FromString(group) for group in accessor.get_placement_group_table()
    )
    return any(accessor.get_actor_table(None, name) for name in _LIVE) or any(
        group.state != removed for group in groups
    )
