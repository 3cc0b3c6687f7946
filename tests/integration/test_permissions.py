"""Who may do what by Slack's protocol: every action, person and state of the card, by real clicks and by forged ones."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from slack_bolt.app.async_app import AsyncApp
from sqlalchemy import event

import handlers
from bot.api import routes
from bot.playground.slack.play import payloads
from bot.playground.slack.workspace import TEAM, direct, private, user
from handlers.blocks import action_ids
from handlers.listeners.subcommands import Subcommands
from services.approvals import ApprovalRule
from services.approvals.actions import Action, Group
from services.domain.entities import ProposalStatus, TaskStatus, run_id
from services.domain.values import Spent
from services.notifications.events import TaskEnded
from tests import builders
from tests.integration.test_approval_clicks import World, opened
from tests.waiting import until

ROOM = "CROOM"
# The approver is not in the channel, and nor is the outsider.
MEMBERS = ("UENGINEER", "UADA", "UGUEST", "USUE", "UBOT", "URAYGEN")
WHO = {
    "requester": "UENGINEER",
    "approver": "UAPPROVER",
    "member": "UADA",
    "outsider": "UBOB",
    "guest": "UGUEST",
    "guest who asked": "UGUEST",
    "of another workspace": "USUE",
    "app": "UBOT",
}
MAY = {"requester", "approver", "member", "guest who asked"}

BUTTONS: dict[str, Action | None] = {
    action_ids.PROPOSAL_APPROVE: None,
    action_ids.PROPOSAL_APPROVE_THREAD: None,
    action_ids.PROPOSAL_TARGET: Action.RETARGET,
    action_ids.PROPOSAL_REGENERATE: Action.REGENERATE,
    action_ids.PROPOSAL_DISMISS: Action.DISMISS,
    action_ids.PROPOSAL_REJECT: Action.DISMISS,
    action_ids.PROPOSAL_ASK: Action.ASK,
    action_ids.PROPOSAL_EDIT: Action.EDIT,
    action_ids.PROPOSAL_PARAMETERS: Action.PARAMETERS,
    action_ids.PROPOSAL_ATTEMPTS: Action.VIEW,
    action_ids.PROPOSAL_CODE: Action.VIEW,
    action_ids.PROPOSAL_CHANGES: Action.VIEW,
    action_ids.PROPOSAL_TOUCHES: Action.VIEW,
    action_ids.GRANT_END: Action.END,
    action_ids.TASK_STOP: Action.STOP,
    action_ids.TASK_RETRY: Action.RETRY,
    action_ids.RUN_STOP: Action.STOP,
    action_ids.RUN_FIX: Action.FIX,
    action_ids.RUN_AGAIN: Action.RERUN,
    action_ids.RUN_RESUME: Action.RESUME,
    action_ids.RUN_CHANGE: Action.CHANGE,
    action_ids.RUN_SHARE: Action.SHARE,
    action_ids.RUN_CODE: Action.DOWNLOAD,
    action_ids.RUN_NOTEBOOK: Action.DOWNLOAD,
    action_ids.RUN_DETAILS: Action.VIEW,
    action_ids.FEEDBACK: Action.VOTE,
}
"""None is an approval, which has a matrix of its own."""
FORMS = {
    action_ids.EDIT_VIEW: Action.EDIT,
    action_ids.PARAMETERS_VIEW: Action.PARAMETERS,
    action_ids.CHANGE_VIEW: Action.CHANGE,
    action_ids.REJECT_VIEW: Action.DISMISS,
}
COMMANDS = {"show": Action.VIEW, "rerun": Action.RERUN, "cancel": Action.STOP}
EVENTS = {"agent_session_stopped": Action.STOP, "message": Action.STOP, "link_shared": Action.VIEW}
API = {
    ("POST", "/ray/jobs/{job_id}/stop"): Action.STOP,
    ("POST", "/ray/jobs/{job_id}/resume"): Action.RESUME,
    ("POST", "/sessions/{session_id:path}/reset"): Action.STOP,
    ("GET", "/ray/jobs/{job_id}"): Action.VIEW,
    ("GET", "/ray/jobs/{job_id}/notebook"): Action.DOWNLOAD,
    ("GET", "/sessions/{session_id:path}/tasks/{task_id}"): Action.VIEW,
    ("GET", "/history/{session_id:path}"): Action.VIEW,
    ("POST", "/proposals/{proposal_id}/approve"): None,
}
# What begins something of one's own, is about oneself, or says nothing of anybody's work.
OWN = {
    action_ids.SETTING_TARGET,
    action_ids.SETTING_NEWS,
    action_ids.SETTING_MODEL,
    action_ids.RUN_VIEW,
    action_ids.RUN_CHOICE,
    action_ids.ASK_VIEW,
    action_ids.RUN_MESSAGE,
    action_ids.EXPLAIN_MESSAGE,
    action_ids.ASK_ANYWHERE,
    action_ids.COMMAND,
    *{"help", "history", "status", "usage", "targets", "data", "policy", "settings"},
    *{"app_mention", "app_home_opened"},
    *{"app_uninstalled", "tokens_revoked", "team_access_granted", "team_access_revoked"},
    *{("POST", "/generate"), ("POST", "/execute"), ("GET", "/ray/status"), ("GET", "/ray/jobs")},
    ("GET", "/health"),
}
LOOKS = {Action.VIEW, Action.DOWNLOAD}
# In which states each does something for those who may; it is outdated in the others.
OF_A_REQUEST = {action_ids.TASK_STOP: {"working"}, action_ids.TASK_RETRY: {"failed"}}
OF_A_PROPOSAL = {
    action_ids.PROPOSAL_APPROVE: {"open"},
    action_ids.PROPOSAL_APPROVE_THREAD: {"open"},
    action_ids.PROPOSAL_TARGET: {"open"},
    action_ids.PROPOSAL_REGENERATE: {"open"},
    action_ids.PROPOSAL_DISMISS: {"open"},
    action_ids.PROPOSAL_REJECT: {"open"},
    action_ids.PROPOSAL_ASK: {"open"},
    action_ids.PROPOSAL_EDIT: {"open"},
    action_ids.RUN_FIX: {"ended"},
    action_ids.RUN_CHANGE: {"ended"},
    action_ids.RUN_AGAIN: {"running", "ended"},
    action_ids.RUN_RESUME: set[str](),  # these runs leave no checkpoints
    action_ids.RUN_SHARE: {"ended"},
    # A form that is opened in place of another one shows by its record alone, which `run_change` has none of.
    action_ids.PROPOSAL_PARAMETERS: {"open", "running", "ended"},
    **{name: {"open", "running", "ended"} for name, action in BUTTONS.items() if action in LOOKS},
}
# After these the card is another one, or nothing more can come of them.
FINAL = {
    action_ids.PROPOSAL_APPROVE,
    action_ids.PROPOSAL_APPROVE_THREAD,
    action_ids.PROPOSAL_TARGET,
    action_ids.PROPOSAL_DISMISS,
    action_ids.PROPOSAL_ASK,
    action_ids.GRANT_END,
    action_ids.TASK_STOP,
    action_ids.RUN_STOP,
    action_ids.RUN_SHARE,
}
OF_A_RUN = {
    action_ids.RUN_STOP: {"running"},
    action_ids.FEEDBACK: {"running", "ended"},
    action_ids.GRANT_END: {"running", "ended"},
}
STATES = ("working", "failed", "open", "running", "ended")


@dataclass
class Card:
    """Something in the channel that buttons are about; `values` are those of the buttons that could be on it."""

    ts: str
    proposal_id: str
    task_id: str
    values: dict[str, str]


@dataclass
class Room:
    """A private channel with everybody who is in it, and a count of all that was written or begun."""

    world: World
    writes: int = 0
    heard: dict[str, int] = field(default_factory=dict[str, int])
    numbers: int = 0

    def done(self) -> tuple[int, int, int, int]:
        """All by which an effect shows: what was written, begun, stopped or opened."""
        slack, flows = self.world.slack.state, self.world.flows
        views = sum(len(slack.views.stack(who)) for who in {*WHO.values()})
        return self.writes, len(flows.tasks), len(self.world.target.stopped), views

    def messages_to(self, who: str) -> list[str]:
        """What this person alone has got since they were asked last, in the channel or in direct messages."""
        state = self.world.slack.state
        alone = state.people.direct(who)
        said = [str(each["text"]) for each in state.ephemerals.seen_by(who, ROOM)]
        if alone and who not in MEMBERS:
            said += [str(each["text"]) for each in state.messages.all_in(alone["id"])]
        before, self.heard[who] = self.heard.get(who, 0), len(said)
        return said[before:]

    async def card(self, state: str, requester: str) -> Card:
        """One in a thread of its own."""
        world = self.world
        if state in {"working", "failed"}:
            return await self._request(state, requester)
        proposal, ts = await world.card(ROOM, requester=requester)
        if state != "open":
            world.flows.held = state == "running"
            digest, target = proposal.program.sha256, proposal.target
            await world.use_cases.proposals.approve_thread(
                proposal.id, digest=digest, target=target, user="UAPPROVER"
            )
        value = action_ids.proposal_value(proposal)
        retargeted = " ".join([*value.split(" ")[:2], "gpu"])
        grants = await world.store.grants.live(proposal.session_id, time.time())
        run = run_id(proposal.id)
        values = {
            **{name: value for name in OF_A_PROPOSAL if name.startswith("proposal_")},
            **{name: proposal.id for name in OF_A_PROPOSAL if name.startswith("run_")},
            **dict.fromkeys(OF_A_REQUEST, proposal.task_id),
            action_ids.PROPOSAL_TARGET: retargeted,
        }
        if grants:
            values |= {
                action_ids.RUN_STOP: run,
                action_ids.FEEDBACK: action_ids.vote_value(action_ids.HELPFUL, run),
            }
            values[action_ids.GRANT_END] = grants[0].id
        return Card(ts, proposal.id, proposal.task_id, values)

    async def _request(self, state: str, requester: str) -> Card:
        self.numbers += 1
        world, name = self.world, f"request_{self.numbers}"
        session = builders.session(id=f"s_{name}", channel=ROOM, thread_ts="", team=TEAM)
        task = builders.task(id=f"t_{name}", session_id=session.id, user=requester, status=TaskStatus.WORKING)
        await world.store.sessions.ensure(session)
        await world.store.tasks.add(task)
        session = await world.notifier.open_task(task, session)
        await world.store.sessions.root(session.id, session.thread_ts)
        if state == "failed":
            await world.store.tasks.move(task.id, TaskStatus.FAILED, summary="It failed.")
            task = await world.store.tasks.get(task.id)
            await world.notifier.notify(TaskEnded(task, session, None, Spent()))
        found = await world.store.posts.find(f"{task.id}:card")
        assert found is not None
        values = {
            **dict.fromkeys(OF_A_REQUEST, task.id),
            action_ids.FEEDBACK: action_ids.vote_value(action_ids.HELPFUL, task.id),
        }
        return Card(str(found[2]), "", task.id, values)

    async def press(self, card: Card, who: str, action: str) -> None:
        """A real click where the person is in the channel and the button on the message; forged elsewhere."""
        person = self.world.slack.state.people.users[who]
        if who in MEMBERS and not person["is_bot"]:
            body = {"user": who, "channel": ROOM, "ts": card.ts, "action_id": action}
            answer = await self.world.people.post("/play/click", value=card.values[action], **body)
            if answer["ok"]:
                return
            assert answer["error"] in {"action_not_found", "no_such_option"}, answer
        await self.forge(card, who, action)

    async def forge(self, card: Card, who: str, action: str) -> None:
        client = self.world.slack.client
        person, channel = client.state.people.users[who], client.channel(ROOM)
        button = {"type": "button", "action_id": action, "value": card.values[action]}
        payload = {
            **payloads.interaction(client, "block_actions", person, ROOM),
            **payloads.in_message(
                client, user=person, channel=channel, message=client.message(ROOM, card.ts)
            ),
            "state": {"values": {}},
            "actions": [payloads.action(button, "forged", {"type": "button"})],
        }
        await self.world.slack.socket.ask("interactive", payload)

    async def submit(self, who: str, form: str, proposal_id: str) -> dict[str, str]:
        """A form whose note names this proposal, however it was opened; the errors that it is answered with."""
        client = self.world.slack.client
        self.numbers += 1
        field, text = "code_0", "print('Result: 4')"
        if form == action_ids.PARAMETERS_VIEW:
            field, text = "arguments", "--days 7"
        blocks = [{"type": "input", "block_id": field, "element": {"type": "plain_text_input"}}]
        view = {
            "id": f"VFORGED{self.numbers}",
            "type": "modal",
            "callback_id": form,
            "private_metadata": proposal_id,
            "blocks": blocks,
            "state": {"values": {field: {"text": {"type": "plain_text_input", "value": text}}}},
        }
        shared = payloads.interaction(client, "view_submission", client.state.people.users[who])
        reply = await self.world.slack.socket.ask(
            "interactive", {**shared, "view": view, "response_urls": []}
        )
        return cast("dict[str, str]", (reply.payload or {}).get("errors") or {})


@pytest.fixture
async def room(tmp_path: Path) -> AsyncGenerator[Room]:
    async with opened(tmp_path) as world:
        state = world.slack.state
        for name, flags in (("UADA", {}), ("UBOB", {}), ("UBOT", {"is_bot": True})):
            state.documents.put("users", name, user(name, name[1:].lower(), name, **flags))
        state.documents.put("channels", "DBOB", direct("DBOB", "UBOB"))
        state.documents.put("channels", ROOM, private(ROOM, "room", [*MEMBERS]))
        world.rule(ApprovalRule(users=frozenset({"UAPPROVER"}), thread=600.0))
        here = Room(world)

        @event.listens_for(world.engine.sync_engine, "after_cursor_execute")
        def written(_: Any, __: Any, statement: str, *___: Any) -> None:
            here.writes += statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))

        yield here


def surfaces(state: str) -> dict[str, set[str]]:
    """The buttons that can name something in this state, each with the states in which it does something."""
    if state in {"working", "failed"}:
        return {**OF_A_REQUEST, action_ids.FEEDBACK: {"working", "failed"}}
    found = {**OF_A_REQUEST, **OF_A_PROPOSAL}
    return found if state == "open" else found | OF_A_RUN


@pytest.mark.parametrize("state", STATES)
async def test_the_matrix_of_buttons(room: Room, state: str):
    """An allowed person causes the effect once; others cause none, and get one sentence that only they see."""
    cards: dict[str, Card] = {}
    for action, states in surfaces(state).items():
        for name, who in WHO.items():
            requester = "UGUEST" if name == "guest who asked" else "UENGINEER"
            card = cards.get(requester) or await room.card(state, requester)
            cards[requester] = card
            room.messages_to(who)
            before, cell = room.done(), (action, name, state)
            await room.press(card, who, action)
            reported, changed = room.messages_to(who), room.done() != before
            may = name in MAY if BUTTONS[action] else name == "approver"
            assert changed == (may and state in states), (cell, reported)
            if changed:
                if action in FINAL:
                    del cards[requester]
                continue
            (sentence,) = reported
            assert sentence.count(".") <= 2, (cell, sentence)
            refused = sentence.startswith(("Only ", "Guests ", "People from ", "Apps ", "You can't approve"))
            assert refused != may, (cell, sentence)


@pytest.mark.parametrize("form", FORMS)
async def test_forms_that_name_somebody_elses_proposal(room: Room, form: str):
    """The proposal that a form names is checked as for a button, no matter who opened the form."""
    state = "ended" if form == action_ids.CHANGE_VIEW else "open"
    for name, who in WHO.items():
        card = await room.card(state, "UGUEST" if name == "guest who asked" else "UENGINEER")
        before = room.done()
        errors = await room.submit(who, form, card.proposal_id)
        assert (room.done() != before) == (name in MAY), (name, errors)
        field = "arguments" if form == action_ids.PARAMETERS_VIEW else "code_0"
        assert list(errors) == ([] if name in MAY else [field]), (name, errors)


async def test_a_form_never_gives_away_the_secrets_of_a_program(room: Room):
    """What stands masked in a form comes back as the program's own secret, for those alone who may edit it."""
    secret = "xox" + "b-123456789012-fromtheprogram"
    program = replace(builders.ADD, code=f'TOKEN = "{secret}"\nprint(3)\n')
    proposal, _ = await room.world.card(ROOM, program=program)
    assert await room.submit("UGUEST", action_ids.EDIT_VIEW, proposal.id)
    assert room.world.flows.tasks == []


async def test_commands(room: Room):
    for state in ("running", "ended"):
        for name, who in WHO.items():
            if who not in MEMBERS or name == "app":
                continue
            card = await room.card(state, "UGUEST" if name == "guest who asked" else "UENGINEER")
            for command in ("show", "rerun"):
                before = room.done()
                await room.world.people.command(
                    f"{command} {run_id(card.proposal_id)}", user=who, channel=ROOM
                )
                assert (room.done() != before) == (name in MAY), (command, name, state)
            before = room.done()
            await room.world.people.command(f"cancel {run_id(card.proposal_id)}", user=who, channel=ROOM)
            own = name in {"requester", "guest who asked"}
            assert (room.done() != before) == (own and state == "running"), (name, state)


async def test_slacks_own_stop_button(room: Room):
    for name, who in WHO.items():
        card = await room.card("working", "UGUEST" if name == "guest who asked" else "UENGINEER")
        session = await room.world.store.sessions.get(
            (await room.world.store.tasks.get(card.task_id)).session_id
        )
        room.messages_to(who)
        stopped = {
            "type": "agent_session_stopped",
            "channel": ROOM,
            "thread_ts": session.thread_ts,
            "user": who,
            "streaming_message_ts": [],
            "event_ts": room.world.slack.state.clock.next(),
        }
        await heard(room, stopped)
        status = (await room.world.store.tasks.get(card.task_id)).status
        assert (status is TaskStatus.CANCELLED) == (name in MAY), name
        assert len(room.messages_to(who)) == (0 if name in MAY else 1), name


async def test_a_stop_of_nobody_stops_nothing(room: Room):
    card = await room.card("working", "UENGINEER")
    task = await room.world.store.tasks.get(card.task_id)
    session = await room.world.store.sessions.get(task.session_id)
    await room.world.use_cases.requests.stop_thread(ROOM, session.thread_ts, "")
    assert (await room.world.store.tasks.get(card.task_id)).status is TaskStatus.WORKING


async def test_a_stop_in_a_thread_of_several_people_stops_what_is_ones_own(room: Room):
    card = await room.card("working", "UENGINEER")
    task = await room.world.store.tasks.get(card.task_id)
    session = await room.world.store.sessions.get(task.session_id)
    own = replace(task, id="t_own", user="UGUEST")
    await room.world.store.tasks.add(own)
    await room.world.use_cases.requests.stop_thread(ROOM, session.thread_ts, "UGUEST")
    assert (await room.world.store.tasks.get("t_own")).status is TaskStatus.CANCELLED
    assert (await room.world.store.tasks.get(task.id)).status is TaskStatus.WORKING


@pytest.mark.parametrize("method", ["users.info", "conversations.members"])
async def test_while_slack_cant_be_asked_only_the_requester_may(room: Room, method: str):
    for name in ("member", "guest", "of another workspace", "approver", "requester"):
        card = await room.card("working", "UENGINEER")
        await room.world.people.post("/play/faults", method=method, error="internal_error", times=1)
        room.messages_to(WHO[name])
        before = room.done()
        await room.forge(card, WHO[name], action_ids.TASK_STOP)
        if name == "requester":
            assert room.done() != before
            continue
        assert room.done() == before, name
        (sentence,) = room.messages_to(WHO[name])
        assert sentence.startswith(
            "Slack can't confirm who you are right now, so only the requester can stop"
        )
        forget(room)


async def test_operators_narrow_and_widen_it(room: Room):
    stop = {Action.STOP: frozenset({Group.APPROVERS})}
    room.world.rule(ApprovalRule(users=frozenset({"UAPPROVER"}), actions=stop))
    for name, who in WHO.items():
        card = await room.card("working", "UGUEST" if name == "guest who asked" else "UENGINEER")
        before = room.done()
        await room.forge(card, who, action_ids.TASK_STOP)
        assert (room.done() != before) == (name == "approver"), name
    room.world.rule(ApprovalRule(actions={Action.STOP: frozenset({Group.EVERYONE})}))
    for name, who in WHO.items():
        card = await room.card("working", "UGUEST" if name == "guest who asked" else "UENGINEER")
        before = room.done()
        await room.forge(card, who, action_ids.TASK_STOP)
        assert (room.done() != before) == (name in {"requester", "approver", "member", "outsider"}), name


@pytest.mark.parametrize("name", ["guest", "member"])
async def test_a_newer_proposal_replaces_only_cards_that_its_requester_may_dismiss(room: Room, name: str):
    open_card, _ = await room.world.card(ROOM)
    session = await room.world.store.sessions.get(open_card.session_id)
    task = builders.task(id="t_newer", session_id=session.id, user=WHO[name], status=TaskStatus.WORKING)
    await room.world.store.tasks.add(task)
    await room.world.notifier.open_task(task, session)
    newer = builders.proposal(
        id="p_newer", task_id=task.id, session_id=session.id, requester=WHO[name], created_at=time.time()
    )
    await room.world.store.proposals.draft(newer)
    await room.world.tasks.conclude(task.id, {"status": TaskStatus.PROPOSED, "proposal_id": newer.id})
    status = (await room.world.store.proposals.get(open_card.id)).status
    assert status is (ProposalStatus.OPEN if name == "guest" else ProposalStatus.SUPERSEDED)


def test_every_surface_is_in_the_matrix(room: Room):
    """A new button, form, command, event or address fails here until somebody has said who may use it."""
    found = Registered()
    world = room.world
    parts: dict[str, Any] = {
        "use_cases": world.use_cases,
        "courier": None,
        "targets": None,
        "authorizer": world.decisions.authorizer,
    }
    handlers.register(cast("AsyncApp", found), check=cast("Any", None), **parts)
    subcommands = Subcommands(**parts)
    addresses = {
        (method, route.path) for route in routes.router.routes for method in cast("Any", route).methods
    }
    named = {*found.names, *subcommands.names, *addresses}
    known = {*BUTTONS, *FORMS, *COMMANDS, *EVENTS, *API}
    assert named - known - OWN == set()
    assert known - named == set(), "what is gone"
    tried = {*OF_A_REQUEST, *OF_A_PROPOSAL, *OF_A_RUN}
    assert tried == {*BUTTONS}, "a button without its states"
    constants = {
        value for name, value in vars(action_ids).items() if name.isupper() and isinstance(value, str)
    }
    assert constants - named == {action_ids.HELPFUL, action_ids.UNHELPFUL}, "an ID that nothing listens to"


@dataclass
class Registered:
    """Takes the place of Bolt's app: keeps by what names listeners are attached."""

    names: set[str] = field(default_factory=set[str])

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def attach(name: Any = None, *_: Any, **__: Any) -> Callable[..., Any]:
            if isinstance(name, str):
                self.names.add(name)
            return lambda listener: listener

        return attach


def forget(room: Room) -> None:
    """Of people and channels nothing is known any more."""
    directory = cast("Any", room.world.decisions.authorizer.directory)
    directory._known.clear()
    directory._members.clear()


async def heard(room: Room, event: dict[str, Any]) -> None:
    """Deliver an event, and wait until the bot has acknowledged it."""
    state = room.world.slack.state
    event_id = state.events.tell(event, state.people.channels[ROOM])
    assert event_id is not None

    async def acknowledged() -> bool:
        envelope = state.envelopes.find(event_id)
        return envelope is None or envelope["state"] == "acked"

    await until(acknowledged)
