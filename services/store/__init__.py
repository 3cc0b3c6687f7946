"""Raygen's own records in SQL, behind one repository per record."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.artifacts.interface import ArtifactStore
from services.security.encryption import Encryptor
from services.store.admissions import Admissions
from services.store.approvals import Approvals
from services.store.artifacts import Artifacts
from services.store.audit import AuditTrail
from services.store.checkpoints import CheckpointFiles
from services.store.database import open_database
from services.store.disk import disk_of
from services.store.grants import Grants
from services.store.in_hand import InHand
from services.store.inputs import Inputs
from services.store.installations import Installations, States
from services.store.posts import Posts
from services.store.preferences import Preferences
from services.store.proposals import Proposals
from services.store.replicas import Replicas
from services.store.request_summaries import RequestSummaries
from services.store.requests import Requests
from services.store.retention import Retention
from services.store.runs import Runs
from services.store.sessions import Sessions
from services.store.spendings import Spendings
from services.store.tasks import Tasks
from services.store.votes import Votes

__all__ = ["Store", "open_database"]


class Store:
    """All repositories over one engine; without `artifacts`, all files are kept in the database, too.

    `shared` says whether all replicas reach the artifacts. Where they don't, input files are kept in the database.
    """

    def __init__(
        self, engine: AsyncEngine, artifacts: ArtifactStore | None = None, *, shared: bool = True
    ) -> None:
        self.disk = disk_of(engine.url)
        self.artifacts = Artifacts(engine, artifacts)
        self.sessions = Sessions(engine)
        self.requests = Requests(engine)
        self.tasks = Tasks(engine)
        self.proposals = Proposals(engine, self.artifacts)
        self.checkpoints = CheckpointFiles(self.artifacts)
        self.runs = Runs(engine, self.artifacts, self.checkpoints)
        self.approvals = Approvals(engine)
        self.grants = Grants(engine)
        self.inputs = Inputs(engine, artifacts if shared else None)
        self.in_hand = InHand(engine)
        self.posts = Posts(engine)
        self.spendings = Spendings(engine)
        self.admissions = Admissions(engine)
        self.votes = Votes(engine)
        self.preferences = Preferences(engine)
        self.entries = RequestSummaries(engine)
        self.retention = Retention(engine, self.artifacts.forget, self.inputs.forget)
        self.replicas = Replicas(engine)
        self.audit = AuditTrail(engine)
        self.oauth_states = States(engine)
        self._engine = engine

    def installations(self, seal: Encryptor) -> Installations:
        """The workspaces that have installed raygen; `seal` encrypts their tokens."""
        return Installations(self._engine, seal)
