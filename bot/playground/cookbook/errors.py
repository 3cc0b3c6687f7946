"""Explanations of Ray errors: what each means and what to do."""

from __future__ import annotations

import re

_POINTED = re.compile(r"^Explain the error .*?<error>\n(.*?)\n</error>", re.DOTALL | re.MULTILINE)
_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"OutOfMemory|low on memory|OOM",
        (
            "The node ran out of memory, so Ray stopped this task to protect the node. The program itself may be fine. "
            "Run fewer tasks at once on each node: request memory for each task, such as "
            "@ray.remote(memory=4 * 1024**3), or more num_cpus. Smaller pieces of work, and ray.put for data that many "
            "tasks read, also help."
        ),
    ),
    (
        r"ObjectStoreFull",
        (
            "The object store of a node is full. Fetch results with ray.get as they finish and drop references that you "
            "no longer need, or use smaller pieces."
        ),
    ),
    (
        r"ObjectLost|ObjectReconstruction|OwnerDied",
        (
            "A task's result was lost because its node or the process that owned it ended. Ray runs the task again while "
            "it has retries left. Check whether a node was lost at that time."
        ),
    ),
    (
        r"WorkerCrashed|WorkerDied|ActorDied|ActorUnavailable",
        (
            "The process that ran this task or actor ended unexpectedly, usually because it ran out of memory, crashed in "
            "native code, or lost its node. Set max_retries or max_restarts to let Ray try again."
        ),
    ),
    (
        r"GetTimeout",
        "ray.get reached its timeout before the task finished. The task may still be waiting for resources.",
    ),
    (
        r"ModuleNotFoundError|ImportError",
        (
            "The workers don't have a package that the program imports. Add it to the program's header, or to the job's "
            "runtime_env, so that every worker has it."
        ),
    ),
    (
        r"PicklingError|could not be serialized|Could not serialize",
        (
            "An argument of a task can't be serialized, such as a lock, a connection or an open file. Create it inside the "
            "task, or keep it in an actor."
        ),
    ),
)
_UNKNOWN = (
    "The cookbook doesn't cover this error. The last line of a Ray traceback says what went wrong, and the lines above it "
    "say where. Look for the topmost line in one of your files."
)


def explained(text: str) -> str | None:
    """What the error means that stands in a request to explain it; None when this is no such request."""
    pointed = _POINTED.search(text)
    if pointed is None:
        return None
    return next((said for pattern, said in _KNOWN if re.search(pattern, pointed[1])), _UNKNOWN)
