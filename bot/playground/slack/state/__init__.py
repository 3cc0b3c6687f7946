"""The one state of the workspace: what the API, the page and the tests all read and write."""

from contextlib import AbstractContextManager
from pathlib import Path

from bot.playground.slack.identity import Clock
from bot.playground.slack.rules import Rules
from bot.playground.slack.state.documents import Documents
from bot.playground.slack.state.envelopes import Envelopes
from bot.playground.slack.state.ephemerals import Ephemerals
from bot.playground.slack.state.events import Events
from bot.playground.slack.state.executions import Executions
from bot.playground.slack.state.feed import Feed
from bot.playground.slack.state.files import Address, Files
from bot.playground.slack.state.grants import Grants
from bot.playground.slack.state.messages import Messages
from bot.playground.slack.state.people import People
from bot.playground.slack.state.streams import Streams
from bot.playground.slack.state.threads import Threads
from bot.playground.slack.state.views import Views
from bot.playground.slack.workspace import PLAYGROUND, Workspace


class State:
    """All of it; `path` is its SQLite file, None keeps it in memory."""

    def __init__(self, path: Path | None, rules: Rules, workspace: Workspace = PLAYGROUND) -> None:
        self.workspace = workspace
        self.rules = rules
        self.address = Address()
        self.clock = Clock()
        self.feed = Feed()
        self.documents = Documents(path, workspace)
        self.people = People(self.documents)
        self.envelopes = Envelopes(self.documents, rules.envelope_limit)
        self.events = Events(self.envelopes, rules.installed, workspace)
        self.files = Files(self.documents, self.address)
        self.messages = Messages(
            self.documents, self.feed, self.clock, people=self.people, events=self.events, files=self.files
        )
        self.ephemerals = Ephemerals(self.documents, self.feed, self.clock)
        self.views = Views(self.documents, self.feed, self.clock)
        self.threads = Threads(self.documents, self.feed)
        self.streams = Streams(self.documents, self.messages, rules)
        self.executions = Executions(self.documents)
        self.grants = Grants(self.documents, self.address, rules)

    def transaction(self) -> AbstractContextManager[None]:
        return self.documents.transaction()

    def expire(self, now: float) -> None:
        """End what has a time limit: streams and statuses."""
        with self.transaction():
            self.streams.expire(now)
            self.threads.expire(now)

    def close(self) -> None:
        self.documents.close()
