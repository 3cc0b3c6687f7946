"""An audit record as a message: a line for people, and the hash that it can be found and verified by."""

from __future__ import annotations

from handlers.blocks.mrkdwn import escape, quoted
from handlers.blocks.primitives import Message, context, mrkdwn
from services.security.audit_chain import AuditAction, AuditRecord

_WORDS: dict[str, str] = {
    AuditAction.EDITED: "Edited a program",
    AuditAction.CANCELLED: "Stopped a request",
    AuditAction.RETARGETED: "Chose another target",
    AuditAction.COUNTED: "Approved; another approval is needed",
    AuditAction.APPROVED: "Approved",
    AuditAction.GRANTED: "Approved for a thread",
    AuditAction.GRANT_ENDED: "Ended an approval for a thread",
    AuditAction.DISMISSED: "Dismissed",
    AuditAction.REJECTED: "Rejected",
    AuditAction.EXPIRED: "Expired",
    AuditAction.BEGUN: "Run started",
    AuditAction.STOP_ASKED: "Requested a stop of a run",
    AuditAction.ENDED: "Run ended",
}
_QUIET = {
    AuditAction.ASKED,
    AuditAction.UNSEALED,
    AuditAction.SHOWN,
    AuditAction.LOOKED,
    AuditAction.SUPERSEDED,
    AuditAction.SUBMITTED,
}
_NAMED = ("by", "requester", "channel", "target", "proposal", "run", "verdict")


def is_announced(action: str) -> bool:
    """Whether it is about a decision or a run; the deeds of a later version are, too."""
    return action not in _QUIET


def record(each: AuditRecord) -> Message:
    """IDs stand as code, so that nobody is notified of what an auditor reads."""
    fields = {**each.fields.get("facts", {}), **each.fields}
    head = _WORDS.get(each.action) or escape(each.action.capitalize())
    facts = [f"{name} {quoted(str(fields[name]), 80)}" for name in _NAMED if fields.get(name)]
    if fields.get("sha256"):
        facts.append(f"code {quoted(str(fields['sha256'])[:12], 20)}")
    line = f"*{head}* · " + " · ".join(facts)
    return Message(line, [mrkdwn(line), context(f"audit record {each.position} · `{each.hash}`")])
