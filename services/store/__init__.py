"""Raygen's own records in SQL, behind one repository per record."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.database import open_database
from services.store.entries import Entries
from services.store.replicas import Replicas
from services.store.repositories import Inputs, Posts, Proposals, Runs, Sessions, Tasks
from services.store.retention import Retention
from services.store.spendings import Spendings

__all__ = ["Store", "open_database"]


class Store:
    """All repositories over one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.sessions = Sessions(engine)
        self.tasks = Tasks(engine)
        self.proposals = Proposals(engine)
        self.runs = Runs(engine)
        self.inputs = Inputs(engine)
        self.posts = Posts(engine)
        self.spendings = Spendings(engine)
        self.entries = Entries(engine)
        self.retention = Retention(engine)
        self.replicas = Replicas(engine)
