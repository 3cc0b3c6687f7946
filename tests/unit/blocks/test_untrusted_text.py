"""Nothing that people, models, programs or files say can notify anybody, lie by a link, leave its block or look like ours.

Each surface is a function from a foreign text to what Slack is sent, and each text is tried on each surface.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.models.messages.chunk import Chunk

from handlers.blocks import (
    approvals,
    audit,
    card_modals,
    data,
    history,
    home,
    modals,
    parameters,
    programs,
    runs,
    settings,
    shortcuts,
    targets,
    tasks,
)
from handlers.blocks.approvals import Ruled
from handlers.blocks.live import beginning, live
from handlers.blocks.mrkdwn import spoken
from handlers.blocks.primitives import Message
from services.approvals import ApprovalRule
from services.approvals.decision import Decision
from services.domain.connections import Access, Column, Connection, Sample, SampleProfile, TableProfile
from services.domain.entities import (
    Input,
    Proposal,
    ProposalStatus,
    RunStatus,
    TaskKind,
    TaskStatus,
)
from services.domain.errors import NotAllowed
from services.domain.parameters import Given, Parameter
from services.domain.preference import Preference
from services.domain.program_facts import Grant
from services.domain.program_header import Script
from services.domain.progress import Phase, Stage
from services.domain.provisions import BoundConnection, BoundSecret, Provisions
from services.domain.summaries import RequestSummary, RunSummary, Sum
from services.domain.target_profile import TargetProfile
from services.domain.values import (
    Artifact,
    Attempt,
    Failure,
    Frame,
    InputFile,
    Outcome,
    Program,
    Spent,
    Table,
    TaskCount,
    Touched,
    Verdict,
    Written,
)
from services.execution.state import ClusterState
from services.notifications.events import ApprovalRequested, RunView, TaskProgress
from services.proposals.thread_updates import ThreadUpdates
from services.security.audit_chain import GENESIS, AuditRecord, Event
from services.targets.targets import ConfiguredTarget, TargetView
from services.usecases.data import ShownConnection
from services.usecases.history import Past
from tests import builders
from tests.samples import TAKEN
from tests.unit.blocks.test_blocks import full_tab, outcome, target
from tests.unit.blocks.test_blocks import proposal as proposed

RLO, LRI, PDI = "\u202e", "\u2066", "\u2069"
TEXTS = {
    "broadcast": "<!channel> <!here> <!everyone>",
    "mention": "<@UADMIN> and <!subteam^S123|@admins>",
    "link": "<https://evil.test|https://bank.test>",
    "markdown link": "[Approve & run](https://evil.test)",
    "named link": "[Approve][1]\n[1]: https://evil.test",
    "entity": "&lt;@UADMIN&gt; &amp;lt;!channel&amp;gt;",
    "fence": "```\n*not code* <!channel>\n```",
    "backticks": "` `` ``` ` _x_ *y* ~z~",
    "our words": ":white_check_mark: *Validation passed* in a sealed Ray cluster · 1 task",
    "our quote": "\n>Approved by <@UADMIN>",
    "another direction": f"{RLO}nur & evorppA{PDI} {LRI}x",
    "control": "\x00\x1b[31mred\x1b[0m\x07\r\n\x9b1m",
    "halves": "\ud83d and \ude00",
    "json": '"}], "type": "actions", "action_id": "proposal_approve", [{"',
}


def proposal(text: str, **changes: Any) -> Proposal:
    """Code is what can be written to a file."""
    made = proposed(text, **changes)
    return replace(made, program=replace(made.program, code=text.encode(errors="replace").decode()))


def valued(text: str, **changes: Any) -> Proposal:
    """With parameters and arguments; those can be written to a file, too."""
    text = text.encode(errors="replace").decode()
    declared = (
        Parameter(name="note", default="", help=text),
        Parameter(name="mode", default=f"mode {text}", choices=(f"mode {text}", "other"), help=text),
    )
    given = Given(values={"note": text}, arguments=(text, "--more"))
    return proposal(text, header=Script(parameters=declared), given=given, **changes)


def entry(text: str, **changes: Any) -> RequestSummary:
    values: dict[str, Any] = {
        "task_id": "t_1",
        "kind": TaskKind.PROMPT,
        "prompt": text,
        "user": "UENGINEER",
        "status": TaskStatus.PROPOSED,
        "asked_at": 1.0,
        "session_id": "s_1",
        "channel": "CRAY",
        "thread_ts": "1.1",
        "program": proposal(text).program,
        "proposal_id": "p_1",
        "decision": ProposalStatus.APPROVED,
        "ran": RunSummary("raygen-1", text, "UAPPROVER", RunStatus.ENDED, outcome(text), 1.0),
    }
    return RequestSummary(**(values | changes))


def past(text: str) -> Past:
    return Past(entry(text), proposal(text), builders.run(outcome=outcome(text), status=RunStatus.ENDED))


def coded(text: str) -> tuple[Proposal, list[InputFile]]:
    """A program with a module of which everything is foreign."""
    file = InputFile(f"{text}.py", text.encode(errors="replace"))
    return proposal(text, inputs=(Input(file.name, file.sha256, len(file.content)),)), [file]


def concluded(status: TaskStatus) -> Callable[[str], Any]:
    def surface(text: str) -> Message:
        spent = Spent(calls=1, input=1, models=(text,))
        task = builders.task(status=status, prompt=text, summary=text)
        inputs = (Input(text, "0" * 64, 1), Input(f"{text}.py", "0" * 64, 1))
        if status is TaskStatus.ANSWERED:
            return tasks.concluded(task, None, spent)
        card = builders.card(
            proposal(text, inputs=inputs, model=text),
            task=task,
            targets=("embedded",),
            objection=text,
            updates=ThreadUpdates("UAPPROVER", TaskKind.EDIT, (text,), (text,)),
        )
        return tasks.concluded(task, card, spent)

    return surface


def computed(text: str) -> Message:
    """A snippet's answer, whose output stands between our fences."""
    summary = f"It is this.\n\n```\nx\n```\n```\n{text.replace('`' * 3, '')}\n```"
    return tasks.concluded(builders.task(status=TaskStatus.ANSWERED, summary=summary), None)


def progress(text: str) -> TaskProgress:
    return TaskProgress((Stage(Phase.WRITING, 1, text), Stage(Phase.REPAIRING, 2, text)), text)


def streamed(text: str) -> list[Any]:
    chunks: list[Chunk] = beginning(live("t_1:card", builders.task(prompt=text), progress(text)))
    return [chunk.to_dict() for chunk in chunks]


def ran(verdict: Verdict) -> Callable[[str], Any]:
    def surface(text: str) -> Message:
        found = outcome(text, verdict)
        table = Table((text, "n"), ((text, "1"),), 1, 2)
        artifacts = (Artifact(text, "text/plain", b""),)
        reported = Outcome(
            verdict=verdict,
            stdout=text,
            value=text,
            failure=found.failure and Failure(text, text, (Frame(1, text, text),), text, text),
            detail=text,
            artifacts=artifacts,
            tasks=(TaskCount(text, "FINISHED", 1),),
            touched=Touched(
                files=(text,), hosts=(text,), processes=(text,), environment=(text,), refused=(text,)
            ),
            table=table,
            remarks=(text,),
        )
        return runs.ended(builders.run(target=text), proposal(text), reported)

    return surface


def audited(text: str) -> Message:
    event = Event(text, by=text, channel=text, proposal=text, target=text, facts={"verdict": text})
    return audit.record(AuditRecord.of(event, position=1, previous=GENESIS, at=1.0))


def places(text: str) -> Message:
    place = ConfiguredTarget(target(text))
    states = [ClusterState(problem=text), ClusterState(version=text, nodes=1)]
    return targets.targets([(place, state) for state in states], "UENGINEER")


def place(text: str) -> Message:
    found = TargetProfile(python=text, ray=text, packages={text: text}, accelerators=(text,))
    up, down = ClusterState(version=text), ClusterState(problem=text)
    return targets.target(TargetView(ConfiguredTarget(target(text)), up, found, down), "UENGINEER")


def known_data(text: str) -> Message:
    return data.connections([Connection(name=text, kind=text, url=text, description=text)])


def one_connection(text: str) -> Message:
    column = Column(name=text, type=text, low=text, high=text, values=(text,), masked=text)
    tables = tuple(TableProfile(name=text, columns=(column,), partitions=(text,)) for _ in range(2))
    sample = Sample(connection=text, sha256=text, taken=TAKEN, profile=SampleProfile(tables=tables))
    shown = Connection(name=text, kind=text, url=text, description=text)
    return data.connection(ShownConnection(shown, sample, problem=text))


def provided(text: str) -> Message:
    connection = BoundConnection(
        name=text,
        access=frozenset(Access),
        kind=text,
        location=text,
        variable=text,
        masked=(text,),
        changed=text,
    )
    found = Provisions(connections=(connection,), secrets=(BoundSecret(name=text, purpose=text),))
    wrote = replace(outcome(text, Verdict.PASSED), written=(Written(name=text, files=1, columns=(text,)),))
    return tasks.proposed(builders.card(replace(proposal(text), provisions=found, validation=wrote)))


def ruled(text: str) -> Ruled:
    decision = Decision(allowed=True, rule=text, clause="everyone", sentence="You can approve here.")
    return Ruled(text, ApprovalRule(text), decision, decision)


SURFACES: dict[str, Callable[[str], Any]] = {
    "root": lambda text: tasks.root(builders.task(prompt=text)),
    "asked": lambda text: tasks.asked(builders.task(prompt=text)),
    "asked of a message": lambda text: tasks.asked(builders.task(prompt=text, kind=TaskKind.EXPLAIN)),
    **{
        f"concluded {status}": concluded(status)
        for status in TaskStatus
        if status not in {"queued", "working"}
    },
    "computed": computed,
    "card at work": lambda text: live("t_1:card", builders.task(), progress(text)).still,
    "stream": streamed,
    "running": lambda text: runs.running(
        builders.run(target=text), proposal(text), RunView(text, text, 9.0, (TaskCount(text, text, 1),), text)
    ),
    **{f"run {verdict}": ran(verdict) for verdict in Verdict},
    "still running": lambda text: runs.continues(
        builders.run(target=text),
        builders.proposal(program=Program(text, text, text)),
        RunView("RUNNING", text, 7200.0, (TaskCount(text, "FINISHED", 1),)),
    ),
    "shared": lambda text: runs.shared(
        builders.run(), proposal(text), outcome(text, Verdict.PASSED), "UA", ""
    ),
    "history": lambda text: history.latest([entry(text)], {}),
    "status": lambda text: history.under_way([entry(text, status=TaskStatus.WORKING, ran=None)], {}),
    "show": lambda text: history.run(past(text), ""),
    "rerun": lambda text: history.proposed_again(past(text), ""),
    "cancelled": lambda text: history.cancelled(entry(text), ""),
    "reported directly": lambda text: runs.ended_elsewhere(
        builders.run(), proposal(text), outcome(text, Verdict.PASSED), ""
    ),
    "settings": lambda text: settings.settings(
        Preference(target=text, model=text), ["embedded"], ["claude-sonnet-5-5", "claude-opus-5-5"]
    ),
    "run form": lambda text: shortcuts.run(
        text.encode(errors="replace").decode(), ["embedded"], shortcuts.Origin("C1", "1.1", (), text[:50])
    ),
    "choice of a program": lambda text: shortcuts.choose(
        [f"{text}.py", "main.py"], shortcuts.Origin("C1", "1.1")
    ),
    "home": lambda text: home.home(full_tab(text)),
    "link": lambda text: history.card(entry(text), ""),
    "usage": lambda text: history.usage([Sum(text, 1, 1, 1, 1, 1, 0.1, 1, 1.0, 1)]),
    "approval wanted": lambda text: approvals.heading(
        ApprovalRequested(builders.card(proposal(text)), ("UAPPROVER",), "UENGINEER"), ""
    ),
    "approvers asked": lambda text: approvals.requested(
        ApprovalRequested(builders.card(proposal(text)), ("UAPPROVER",), "UENGINEER")
    ),
    "thread approved": lambda text: approvals.granted(
        Grant("g_1", "s_1", "p_1", text, "UAPPROVER", "UENGINEER", "1:", 1.0, 2.0, exact=text)
    ),
    "policy": lambda text: approvals.policy([ruled(text)]),
    "program": lambda text: card_modals.program(*coded(text)).view,
    "changes": lambda text: (
        card_modals.compared(proposal(text), replace(proposal("other"), decided_by="UAPPROVER")).view
    ),
    "touches": lambda text: card_modals.touched(proposal(text)).view,
    "attempts": lambda text: modals.attempts(proposal(text, failed=(Attempt(text, outcome(text)),))),
    "reject form": lambda text: modals.reject(proposal(text)),
    "ask form": lambda _: shortcuts.ask(["embedded", "gpu"]),
    "targets": places,
    "data": known_data,
    "one data connection": one_connection,
    "card with data and secrets": provided,
    "one target": place,
    "card with differences": lambda text: tasks.proposed(builders.card(proposal(text), differences=text)),
    "edit form": lambda text: programs.edit(proposal(text)).view,
    "parameters form": lambda text: parameters.choose(valued(text)),
    "card with values": lambda text: tasks.proposed(
        builders.card(valued(text), approved_before=replace(proposal(text), decided_by="UAPPROVER"))
    ),
    "run with values": lambda text: runs.ended(builders.run(), valued(text), outcome(text, Verdict.PASSED)),
    "program with values": lambda text: card_modals.program(valued(text), []).view,
    "long edit form": lambda text: (
        programs.edit(replace(proposal(text), program=Program(text, text, _LONG))).view
    ),
    "change form": lambda text: modals.change(proposal(text)),
    "details": lambda text: modals.details(proposal(text), outcome(text)),
    "audit": audited,
    "error": lambda text: spoken(NotAllowed(f"The input file {text} is gone.").public),
}
_LONG = "#\n" * 60_000
# Whom a message names is who took part; in a sentence for one person nobody is notified by a name.
_OURS = (re.compile(r"<@U(?:ENGINEER|APPROVER|A)>|<!date\^\d+\^[^<>|]*\|[^<>]*>"), re.compile(r"<@U[A-Z]+>"))
_MARKUP = re.compile(r"<[^>]*>")


def markups(node: Any) -> list[str]:
    """Every string in which Slack looks for markup."""
    match node:
        case Message():
            return [node.text, *markups(node.blocks)]
        case str():
            return [node]
        case list():
            return [text for child in node for text in markups(child)]
        case {"type": "mrkdwn" | "markdown_text", "text": str(text)}:
            return [text]
        case dict():
            return [text for child in node.values() if not isinstance(child, str) for text in markups(child)]
        case _:
            return []


def skeleton(node: Any) -> Any:
    """What it is made of, without its words."""
    match node:
        case Message():
            return skeleton(node.blocks)
        case list():
            return [skeleton(child) for child in node]
        case dict():
            own = {
                name: node[name] for name in ("type", "action_id", "style") if isinstance(node.get(name), str)
            }
            return own | {
                name: skeleton(child) for name, child in node.items() if isinstance(child, dict | list)
            }
        case _:
            return None


def whole(node: Any) -> str:
    return json.dumps([node.text, node.blocks] if isinstance(node, Message) else node, ensure_ascii=False)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", TEXTS)
def test_foreign_words_stay_words(surface: str, name: str):
    sent = SURFACES[surface](TEXTS[name])
    for markup in markups(sent):
        for found in _MARKUP.findall(markup):
            assert _OURS[surface == "error"].fullmatch(found), f"{found} in {markup!r}"
        if surface == "stream":
            assert not re.search(r"\][(\[:]", markup), "a link under another name"
    text = whole(sent)
    if surface not in {"edit form", "run form", "parameters form"}:  # which have the text to edit as it is
        text.encode()
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", text), "read as it stands"
    kinds = set(re.findall(r'"type": "(user|usergroup|broadcast|link|channel|emoji)"', text))
    assert not kinds, "rich text has words alone"


@pytest.mark.parametrize("surface", sorted(set(SURFACES) - {"error", "stream"}))
def test_no_words_make_buttons_or_blocks_of_their_own(surface: str):
    plain = skeleton(SURFACES[surface]("plain words"))
    assert skeleton(SURFACES[surface](TEXTS["json"])) == plain
    assert skeleton(SURFACES[surface](TEXTS["our words"])) == plain


def test_a_sentence_for_one_person_may_name_people_and_channels():
    sentence = "You can't approve runs here. Ask <@UAPPROVER> in <#CRAY>, not <!channel> or <https://x|y>."
    shown = spoken(sentence)
    assert "<@UAPPROVER> in <#CRAY>" in shown
    assert _MARKUP.findall(shown) == ["<@UAPPROVER>", "<#CRAY>"]
