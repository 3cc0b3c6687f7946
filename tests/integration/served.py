"""The API as it is served, over a real DBOS, database and web server; model, validation and target are fakes."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from dbos._dbos import _get_or_create_dbos_registry
from fastapi import FastAPI

from bot.api.application import application
from bot.api.directory import CombinedDirectory
from bot.api.feeds import Feeds
from bot.api.server import serving
from bot.api.service import ApiService
from bot.api.tokens import Tokens
from services import workflows
from services.domain.target_profile import TargetProfile
from services.domain.values import Outcome, PolicyReport, Readiness, Verdict
from services.execution.interface import Target
from services.llm.interface import Reply
from services.notifications.notifier import Subscriber, Subscribers
from services.proposals.reminders import Reminders
from services.store import Store, open_database
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.targets.profiles import Profiles
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms
from services.tasks.rate_limit import Rate
from services.tasks.steps import TaskSteps
from services.usecases import UseCases
from services.validation.interface import BARE, Setup, ValidationLimits
from services.workflows import RunLimits, Workflows
from tests.deciding import deciding, run_steps, use_cases
from tests.fakes import FakeTarget, FakeValidator, approving, here, permissions, proposal_cards
from tests.standins.scripted_model import ScriptedModel, calls, says

ANN = "ann-" + "a" * 20
CI = "ci-" + "c" * 20
TOKENS = Tokens.read(f"ann+approve={ANN}, ci={CI}")
Json = dict[str, Any]


class Endless(ScriptedModel):
    """Goes on saying the last thing that it was given to say."""

    async def reply(self, **arguments: Any) -> Reply:
        if len(self.replies) == 1:
            self.replies.append(self.replies[0])
        return await super().reply(**arguments)


@dataclass
class Passing(FakeValidator):
    """Everything passes, and prints what it was given to run; code with `raise` in it fails. `gate` holds it up."""

    outcomes: list[Outcome] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def validate(
        self, code: str, setup: Setup = BARE, *, limits: ValidationLimits | None = None
    ) -> Outcome:
        del setup, limits
        self.codes.append(code)
        await self.gate.wait()
        verdict = Verdict.FAILED if "raise" in code else Verdict.PASSED
        return Outcome(
            verdict=verdict, stdout=f"ran {code}\n", exit_code=int(verdict is Verdict.FAILED), wall=0.1
        )


@dataclass
class Served:
    """One served bot, and a client of it."""

    url: str
    http: aiohttp.ClientSession
    app: FastAPI
    use_cases: UseCases
    store: Store
    model: ScriptedModel
    validator: Passing
    target: FakeTarget
    session: str = "test"

    def hello(self, **changes: Any) -> Json:
        return {"prompt": "Create a Ray task that returns Hello", "session_id": self.session, **changes}

    def code(self, **changes: Any) -> Json:
        code = 'import ray\nray.init()\nprint("Hello")'
        return {"code": code, "session_id": self.session, **changes}

    async def post(self, path: str, body: Any = None, *, token: str | None = ANN, **headers: str) -> Json:
        return await self.call("POST", path, body, token=token, **headers)

    async def get(self, path: str, *, token: str | None = ANN, **headers: str) -> Json:
        return await self.call("GET", path, token=token, **headers)

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = ANN, **headers: str
    ) -> Json:
        """The answer, with its status as `http`."""
        sent = {**bearer(token), **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.http.request(method, self.url + path, json=body, headers=sent) as answer:
            return {"http": answer.status, **(await answer.json(content_type=None))}

    @contextmanager
    def under(self, tokens: Tokens = TOKENS, rate: Rate | None = None) -> Iterator[None]:
        """Other tokens, or a rate, for a while."""
        self.app.state.tokens, self.use_cases.requests.admission.users.rate = tokens, rate
        try:
            yield
        finally:
            self.app.state.tokens, self.use_cases.requests.admission.users.rate = TOKENS, None

    @asynccontextmanager
    async def stream(self, path: str, body: Json) -> AsyncGenerator[AsyncGenerator[tuple[str, Json]]]:
        """The events of a request, as they come."""
        sent = {**bearer(ANN), "Accept": "text/event-stream"}
        async with self.http.post(self.url + path, json=body, headers=sent) as answer:
            assert answer.content_type == "text/event-stream"
            yield events(answer)


def _known(target: Target) -> Targets:
    """The target, and another that only `api:boss` can use; what they have is known."""
    closed = TargetTerms(users=frozenset({"api:boss"}))
    places = [ConfiguredTarget(target), ConfiguredTarget(FakeTarget(name="gpu"), closed, FakeTarget())]
    profile = TargetProfile(python="3.11.2", ray="2.9.3", packages={"tiny": "1.0"}, gpus=2.0)
    return Targets(places, Profiles(own={place.name: profile for place in places}))


async def events(answer: aiohttp.ClientResponse) -> AsyncGenerator[tuple[str, Json]]:
    name = ""
    async for line in answer.content:
        kind, _, value = line.decode().rstrip("\n").partition(": ")
        if kind == "event":
            name = value
        elif kind == "data":
            yield name, json.loads(value)


def bearer(token: str | None) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


@asynccontextmanager
async def served(path: Path) -> AsyncGenerator[Served]:
    """With its database in `path`."""
    _get_or_create_dbos_registry().instance_info_map.clear()
    url = f"sqlite:///{path / 'raygen.db'}"
    target, validator, feeds = FakeTarget(), Passing(), Feeds()
    model = Endless([says("Hello.")])
    draft = calls("submit_program", title="Hello", purpose="Says hello.", code="print('Hello')")
    async with open_database(url) as engine, workflows.durable(url, "local"):
        store, notifier = Store(engine), Subscribers([Subscriber(feeds)])
        generator = Generator(Endless([draft]), Profile("g"))
        workshop = Workshop(generator, lambda _: PolicyReport(), validator)
        everyone = CombinedDirectory(TOKENS, None)
        supervisor = Supervisor(model, workshop, "s")
        approvals = approving(store, directory=everyone)
        tasks = TaskSteps(
            store,
            notifier,
            supervisor,
            workshop,
            here(target),
            names=everyone.name,
            permissions=permissions(store, approvals),
        )
        decisions = deciding(store, notifier, here(target), approvals)
        runs = run_steps(decisions)
        flows = Workflows(
            tasks,
            runs,
            store.in_hand,
            decisions=decisions,
            limits=RunLimits(),
            retention=store.retention,
            pending=Reminders(store, notifier, proposal_cards(store, approvals), math.inf),
        )
        cases = use_cases(
            decisions,
            workflows=flows,
            tasks=tasks,
            steps=runs,
            permissions=permissions(store, approvals),
        )
        workflows.launch()

        async def parts() -> list[Readiness]:
            return [validator.readiness(), await target.readiness()]

        api = ApiService(use_cases=cases, feeds=feeds, targets=_known(target))
        app = application(api, TOKENS, parts)
        async with (
            serving(app, 0) as port,
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http,
        ):
            yield Served(f"http://127.0.0.1:{port}", http, app, cases, store, model, validator, target)
