"""The tables of raygen's own records; DBOS keeps its workflows in the same database."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("thread_ts", String(32), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Column("overheard", String(128)),
    Index("sessions_by_thread", "channel", "thread_ts"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("session_id", String(64), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("user", String(64), nullable=False),
    Column("code", Text),
    Column("base", String(64)),
    Column("status", String(16), nullable=False),
    Column("summary", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("attachments", Text),
    Column("target", String(64)),
    Column("unseen", Integer),
    Column("retry_of", String(64)),
    Column("given", Text),
    Column("modules", Text),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("task_id", String(64), nullable=False, index=True),
    Column("session_id", String(64), nullable=False, index=True),
    Column("program", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("validation", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("target", String(64), nullable=False),
    Column("requester", String(64), nullable=False),
    Column("model", String(64), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("decided_by", String(64)),
    Column("decided_at", Float),
    Column("created_at", Float, nullable=False),
    Column("spent", Text),
    Column("inputs", Text),
    Column("failed", Text),
    Column("prompt", String(64)),
    Column("approved_by", Text),
    Column("needed", Integer),
    Column("reason", Text),
    Column("reminded_at", Float),
    Column("asked_by", String(64)),
    Column("grant_id", String(64)),
    Column("voided", Text),
    Column("header", Text),
    Column("lock", Text),
    Column("given", Text),
    Column("checkpoints", Text),
    Column("provisions", Text),
)

approvals = Table(
    "approvals",
    metadata,
    Column("proposal_id", String(64), primary_key=True),
    Column("binding", String(64), primary_key=True),
    Column("user", String(64), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("given_at", Float, nullable=False),
    Column("grant_id", String(64), nullable=False),
    Column("used_by", String(64)),
    Column("used_at", Float),
)

grants = Table(
    "thread_approvals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("session_id", String(64), nullable=False, index=True),
    Column("proposal_id", String(64), nullable=False),
    Column("target", String(64), nullable=False),
    Column("user", String(64), nullable=False),
    Column("requester", String(64), nullable=False),
    Column("fingerprint", String(80), nullable=False),
    Column("exact", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("ended_by", String(64)),
    Column("ended_at", Float),
)

# What was asked for, from its acceptance until its workflow opens the task: workflows are given IDs only.
requests = Table(
    "requests",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("team", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Float, nullable=False, index=True),
)

# Requests that were let in, until they have rows of their own (services/store/admissions.py).
admissions = Table(
    "admissions",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("user", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("at", Float, nullable=False, index=True),
)

# One row: who changes it decides alone until its transaction ends.
turnstile = Table("turnstile", metadata, Column("id", Integer, primary_key=True, autoincrement=False))

spendings = Table(
    "spendings",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("user", String(64), nullable=False, index=True),
    Column("channel", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("model", String(255), nullable=False),
    Column("calls", Integer, nullable=False),
    Column("input", Integer, nullable=False),
    Column("output", Integer, nullable=False),
    Column("cached", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("money", Float),
    Column("attempts", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("ended_at", Float, nullable=False, index=True),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("proposal_id", String(64), nullable=False, unique=True),
    Column("session_id", String(64), nullable=False, index=True),
    Column("target", String(64), nullable=False),
    Column("approver", String(64), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("stopped_by", String(64)),
    Column("outcome", Text),
    Column("created_at", Float, nullable=False),
    Column("turn_at", Float),
    Column("ended_at", Float),
    Column("checkpoints", Text),
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("owner_id", String(64), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("media_type", String(128), nullable=False),
    # Empty where `stored_as` says that the content is in the artifact store.
    Column("content", LargeBinary, nullable=False),
    Column("size", Integer),
    Column("stored_as", String(255)),
)

inputs = Table(
    "inputs",
    metadata,
    Column("session_id", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("name", String(255), primary_key=True),
    # Empty where `stored_as` says that the content is in the artifact store.
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("stored_as", String(255)),
)

posts = Table(
    "posts",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("thread_ts", String(32), nullable=False),
    Column("ts", String(32)),
    Column("created_at", Float, nullable=False),
    Column("last", Text),
)

# Records of services/security/audit_chain.py; a previous hash that is there twice would be a fork.
audit = Table(
    "audit",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
)

# One row: the last record, and the last one that was posted to the audit channel.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("announced", Integer),
)

# Of an answer (the task's ID) or a result (the run's): one vote for each person, 1 for helpful and 0 for not.
votes = Table(
    "votes",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("task_id", String(64), nullable=False, index=True),
    Column("helpful", Integer, nullable=False),
    Column("given_at", Float, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("target", String(64), nullable=False),
    Column("direct", Integer, nullable=False),
    Column("model", String(255)),
    Column("team", String(64)),
    Column("chosen_at", Float),
)

# Slack workspaces that have installed raygen by OAuth; the body holds their tokens (services/security/encryption.py).
installations = Table(
    "installations",
    metadata,
    Column("team", String(64), primary_key=True),
    Column("installed_at", Float, nullable=False),
    Column("body", Text, nullable=False),
)

# Workspaces of an organization (Enterprise Grid) that has installed raygen for all: each goes by its installation.
memberships = Table(
    "memberships",
    metadata,
    Column("team", String(64), primary_key=True),
    Column("organization", String(64), nullable=False, index=True),
)

oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("expires_at", Float, nullable=False),
)

# What is being handled, by the life of a process (services/store/in_hand.py).
in_hand = Table(
    "in_hand",
    metadata,
    Column("subject", String(255), primary_key=True),
    Column("life", String(32), nullable=False),
    Column("deaths", Integer, nullable=False),
)

replicas = Table(
    "replicas",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("beat", Float, nullable=False),
)
