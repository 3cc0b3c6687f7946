"""Where a path points, from its text alone: inside the working directory, or somewhere that people should know of."""

from __future__ import annotations

import posixpath
import re

_SCRATCH = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - recognised, never written
_NOTHING = {"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin"}
_OTHER_PROCESS = re.compile(
    r"/proc/(?!self(/|$)|thread-self(/|$))[^/]+/(environ|mem|maps|fd|root|cwd|cmdline)(/|$)"
)
_SECRET = re.compile(
    r"(^|/)(\.aws|\.ssh|\.kube|\.gnupg|\.docker|\.azure|\.netrc|\.pypirc|\.npmrc|\.pgpass|\.git-credentials"
    r"|\.env(\.[a-z]+)?|id_(rsa|dsa|ecdsa|ed25519)|auth_token|credentials(\.json)?|\.config/gcloud|serviceaccount"
    r"|application_default_credentials\.json|\.huggingface)(/|$)"
    r"|^/etc/(shadow|gshadow|sudoers)|^(/var)?/run/secrets(/|$)|^/proc/(self|thread-self)/(environ|mem)$",
)
_SYSTEM = {
    *(
        "/",
        "/*",
        "~",
        "~/*",
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/home",
        "/lib",
        "/lib64",
        "/opt",
        "/proc",
        "/root",
    ),
    *("/sbin", "/srv", "/sys", "/usr", "/var", "/mnt", "/data"),
}


def rule_for(path: str) -> str | None:
    """The id of the rule that a path breaks, or None where it stays inside or is unknown."""
    clean = normal(path)
    if _OTHER_PROCESS.match(clean):
        return "process-files"
    if _SECRET.search(clean):
        return "secret-file"
    if clean in _NOTHING:
        return None
    if any(clean == root or clean.startswith(root + "/") for root in _SCRATCH):
        return "scratch-path"
    outside = clean.startswith(("/", "~", "../")) or clean == ".."
    return "host-path" if outside else None


def is_whole_system(path: str) -> bool:
    """Whether removing this would take away a machine's or a person's files."""
    return normal(path) in _SYSTEM


def normal(path: str) -> str:
    """`/a/../b//c` -> `/b/c`; `$HOME` is `~`; a `file://` prefix is dropped."""
    path = path.removeprefix("file://").replace("${HOME}", "~").replace("$HOME", "~")
    if not path:
        return "."
    clean = posixpath.normpath(path)
    return clean[1:] if clean.startswith("//") else clean
