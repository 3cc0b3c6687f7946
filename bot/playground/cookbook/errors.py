"""Errors of Ray that somebody points at, explained: what each means and what to do."""

from __future__ import annotations

import re

_POINTED = re.compile(r"^Explain the error .*?<error>\n(.*?)\n</error>", re.DOTALL | re.MULTILINE)
_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"OutOfMemory|low on memory|OOM",
        (
            "The node ran out of memory, so Ray ended this task to keep the node alive; the program itself need not be "
            "wrong. Let fewer tasks run at once there: give each the memory that it takes, such as "
            "@ray.remote(memory=4 * 1024**3), or more num_cpus. Smaller pieces of work, and ray.put for what many "
            "tasks read, help as well."
        ),
    ),
    (
        r"ObjectStoreFull",
        (
            "The object store of a node is full. Take results with ray.get as they come and let go of references that "
            "you don't need any more, or make the pieces smaller."
        ),
    ),
    (
        r"ObjectLost|ObjectReconstruction|OwnerDied",
        (
            "A value that a task had made is gone, because its node or the process that owned it ended. Tasks make "
            "their values again while they may be retried; look for a node that was lost at that time."
        ),
    ),
    (
        r"WorkerCrashed|WorkerDied|ActorDied|ActorUnavailable",
        (
            "The process that ran this task or actor ended on its own: mostly for lack of memory, by a crash in native "
            "code, or because its node went away. max_retries and max_restarts let Ray try again."
        ),
    ),
    (
        r"GetTimeout",
        "ray.get waited as long as it was told to, and the task was not done; it may still wait for resources.",
    ),
    (
        r"ModuleNotFoundError|ImportError",
        (
            "The workers lack a package that the program imports. Name it in the program's header, or in the "
            "runtime_env of the job, so that every worker has it."
        ),
    ),
    (
        r"PicklingError|could not be serialized|Could not serialize",
        (
            "Something that is sent to a task can't be sent, such as a lock, a connection or an open file. Make it inside "
            "the task, or keep it in an actor."
        ),
    ),
)
_UNKNOWN = (
    "I don't know this one from my cookbook. The last line of a Ray traceback says what went wrong, and the lines above "
    "it where: look for the topmost one in a file of yours."
)


def explained(text: str) -> str | None:
    """What the error means that stands in a request to explain it; None when this is no such request."""
    pointed = _POINTED.search(text)
    if pointed is None:
        return None
    return next((said for pattern, said in _KNOWN if re.search(pattern, pointed[1])), _UNKNOWN)
