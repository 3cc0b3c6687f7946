"""The clusters that programs may run on, and the terms of each: a pure decision over what an operator wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.domain.connections import is_local
from services.domain.entities import Proposal, Run
from services.domain.errors import BadRequest, NotAllowed, Outdated
from services.domain.locks import NO_LOCK, Lock
from services.domain.program_header import Script
from services.domain.provisions import BoundConnection
from services.domain.target_profile import TargetProfile
from services.domain.values import Outcome
from services.execution.interface import Target
from services.execution.state import ClusterState
from services.targets.cost import Estimate, Prices, estimate
from services.targets.environment import differences, lacking, unlocked
from services.targets.profiles import Profiles, own_profile, validation_of
from services.text.formatting import human_resource, human_seconds
from services.validation.cluster import cluster_id
from services.validation.imports import owners

_SLACK = 1.5
_START = 60.0


@dataclass(frozen=True, slots=True)
class TargetTerms:
    """What holds on one target.

    `users` may use it, all where it is empty. `limits` is the most of each resource that one task, one actor or the program's
    own driver may ask for, however many of them there are; `resources` is what its driver gets where the program asks for nothing. `wall_limit` is in seconds, the most that a run may take.
    `dashboard` is where people can look at its jobs, empty where there is none for them. `runs` is how many may go at once
    where that is not as on all targets. Without `prices` nothing is said of what a run costs.
    `packages` says whether it installs what programs need. `own` is raygen's own cluster, where programs have the packages
    that they were validated with; `network` is what they can connect to there: `none` or `internet`. `validation_wall` is
    in seconds, the most that a validation on its own validation cluster may take where that is not as everywhere.
    """

    users: frozenset[str] = frozenset()
    limits: Mapping[str, float] = field(default_factory=dict[str, float])
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    wall_limit: float = 3600.0
    packages: bool = False
    dashboard: str = ""
    runs: int | None = None
    prices: Prices = field(default_factory=Prices)
    network: str = ""
    own: bool = False
    validation_wall: float | None = None

    def wall(self, script: Script) -> float:
        """Seconds after which a run of the program is stopped: what it expects and half as much again, up to the limit."""
        if script.wall is None:
            return self.wall_limit
        return min(_SLACK * script.wall + _START, self.wall_limit)

    def objection(
        self,
        validation: Outcome,
        script: Script,
        lock: Lock = NO_LOCK,
        profile: TargetProfile | None = None,
        connections: Sequence[BoundConnection] = (),
    ) -> str | None:
        """Why a program may not run there, as the rest of a sentence; None when it may.

        `profile` is what it has already; None where that is unknown.
        """
        if profile is not None and not profile.runs(script.requires_python):
            return f"has Python {profile.python}, and the program requires {script.requires_python}"
        if lacks := self._lacks(script, lock, profile):
            return lacks
        if script.wall is not None and script.wall > self.wall_limit:
            most = human_seconds(self.wall_limit)
            return (
                f"stops runs after {most}, and the program declares a `wall` of {human_seconds(script.wall)}"
            )
        if unreachable := self._unreachable(script, connections):
            return unreachable
        asked = dict(validation.resources)
        for name, amount in script.resources.items():
            asked[name] = max(amount, asked.get(name, 0.0))
        for name, most in self.limits.items():
            if asked.get(name, 0.0) > most:
                wanted = human_resource(name, asked[name])
                return f"allows at most {human_resource(name, most)} for one task, actor or driver, and this program requests {wanted}"
        return None

    def _unreachable(self, script: Script, connections: Sequence[BoundConnection]) -> str:
        if script.hosts and self.network == "none":
            return f"gives programs no network, and the program calls {', '.join(script.hosts)}"
        for each in connections if self.own else ():
            if is_local(each.location):
                return f"doesn't show programs this machine's files, and the data connection {each.name} is at {each.location}"
            if self.network == "none":
                return f"gives programs no network, and the data connection {each.name} is at {each.location}"
        return ""

    def _lacks(self, script: Script, lock: Lock, profile: TargetProfile | None) -> str:
        if self.own:
            return ""
        if profile is None:
            wanted = script.packages or tuple(each.name for each in lock.packages)
        else:
            wanted = lacking(profile, script.packages, lock)
        if wanted and not self.packages:
            return f"installs no packages, and the program needs {', '.join(wanted)}"
        if profile is not None and (without := unlocked(wanted, lock)):
            return f"does not have {', '.join(without)}, and the program was validated without installing it. Ask again for this target"
        return ""


@dataclass(frozen=True, slots=True)
class ConfiguredTarget:
    """A target with its terms, and the cluster that programs for it are validated on; without one that is as everywhere."""

    target: Target
    terms: TargetTerms = field(default_factory=TargetTerms)
    validation: Target | None = None

    @property
    def name(self) -> str:
        return self.target.name

    def open_to(self, user: str) -> bool:
        """Whether this person may use it."""
        return not self.terms.users or user in self.terms.users


@dataclass(frozen=True, slots=True)
class TargetView:
    """One target as it is now; `profile` is what it has, and `validation` its validation cluster, where they are known or there
    is one, and the person who asked may use the target.
    """

    place: ConfiguredTarget
    state: ClusterState
    profile: TargetProfile | None = None
    validation: ClusterState | None = None


_STATE_LIMIT = 5.0
# A run can wait longer than a person does.
_RUN_PATIENCE = 60.0


class Targets:
    """All targets by name; the first is the default one."""

    def __init__(self, places: Iterable[ConfiguredTarget], profiles: Profiles | None = None) -> None:
        self._places = {place.name: place for place in places}
        self._profiles = profiles or Profiles()

    def __iter__(self) -> Iterator[ConfiguredTarget]:
        return iter(self._places.values())

    def __getitem__(self, name: str) -> ConfiguredTarget:
        """Raises Outdated for a target that the settings no longer have."""
        if name not in self._places:
            raise Outdated(f"The target {name} no longer exists. Ask again.")
        return self._places[name]

    def open_to(self, user: str) -> list[ConfiguredTarget]:
        """Where this person may run programs, the default first."""
        return [place for place in self if place.open_to(user)]

    def first_for(self, user: str, *wanted: str) -> str:
        """The target of a person's new proposal: the first wanted one that is open to them, or the first that is open.

        It is the default one where all are closed to them.
        """
        names = [place.name for place in self.open_to(user)] or [place.name for place in self]
        return next((name for name in wanted if name in names), names[0])

    async def look(self) -> list[tuple[ConfiguredTarget, ClusterState]]:
        """All of them as they are now; a target that doesn't respond within five seconds is reported as such."""
        places = list(self)
        states = await asyncio.gather(*(_state(place.target) for place in places))
        return list(zip(places, states, strict=True))

    async def closer_look(self, name: str, user: str) -> TargetView:
        """One target as it is now. Raises BadRequest for a name that no target has."""
        place = self._places.get(name)
        if place is None:
            raise BadRequest("No target has that name. `/raygen targets` lists them.")
        if not place.open_to(user):
            return TargetView(place, await _state(place.target))
        state, validation = await asyncio.gather(_state(place.target), _state_of(place.validation))
        return TargetView(place, state, await self.profile(name) if state.up else None, validation)

    def validates_itself(self, name: str, user: str) -> bool:
        """Whether a target's programs are validated on a cluster of its own for this person."""
        place = self._places.get(name)
        return place is not None and place.validation is not None and place.open_to(user)

    def link(self, run: Run) -> str:
        """A run's page on its cluster's dashboard; empty where people have none."""
        place = self._places.get(run.target)
        return (
            f"{place.terms.dashboard.rstrip('/')}/#/jobs/{run.id}" if place and place.terms.dashboard else ""
        )

    def network(self, name: str) -> str:
        """What programs can connect to on a target; empty where raygen does not decide it."""
        place = self._places.get(name)
        return place.terms.network if place else ""

    def objection(self, proposal: Proposal) -> str:
        """What a proposal's target has against it, as a sentence; empty when it has nothing."""
        place = self._places.get(proposal.target)
        if place is None:
            return f"The target {proposal.target} no longer exists. Choose another one."
        header = proposal.header
        if header.problem:
            return header.problem
        profile = self._profiles.known(place.name)
        found = place.terms.objection(
            proposal.validation, header, proposal.lock, profile, proposal.provisions.connections
        )
        return f"The target {place.name} {found}." if found else ""

    async def profile(self, name: str) -> TargetProfile | None:
        """What a target has; None where that isn't known within seconds. What its validation cluster has is asked, too."""
        current = self._profiles.current
        found, _ = await asyncio.gather(current(name), current(validation_of(name)))
        return found

    def known(self, name: str) -> TargetProfile | None:
        """What a target has, as far as it is known without asking."""
        return self._profiles.known(name)

    def differences(self, proposal: Proposal) -> str:
        """What validation had otherwise than the proposal's target, as a sentence; empty when nothing."""
        name, cluster = proposal.target, proposal.validation.cluster
        profile = self._profiles.known(name)
        if profile is not None and profile.own and not cluster:
            return ""
        if profile is not None:
            here, used = self._validated_with(cluster), owners(proposal.policy.imports)
            if here is None:
                return f"The packages of the validation cluster are not known, so they were not compared with the target {name}."
            return differences(profile, name, used, proposal.header.packages, proposal.lock, here=here)
        if self._profiles.asked(name):
            return (
                f"The packages of the target {name} are not known, so they were not compared with validation."
            )
        return ""

    def _validated_with(self, cluster: str) -> TargetProfile | None:
        """What a validation had, as far as it is known without asking: raygen's own packages, or those of that cluster."""
        if not cluster:
            return own_profile()
        for place in self:
            if place.validation is not None and cluster_id(place.validation.address) == cluster:
                return self._profiles.known(validation_of(place.name))
        return None

    async def to_install(self, proposal: Proposal, name: str) -> Lock:
        """What is installed for a run of a proposal: its lock, or nothing where the target has all of it.

        Raises NotAllowed when the target lacks something and installs nothing.
        """
        place, lock, asked = self[name], proposal.lock, proposal.header.packages
        if place.terms.own or not (lock or asked):
            return lock
        profile = await self._profiles.current(name, _RUN_PATIENCE)
        if profile is not None and not lacking(profile, asked, lock):
            return NO_LOCK
        if place.terms.packages:
            if profile is not None and (without := unlocked(lacking(profile, asked, lock), lock)):
                raise NotAllowed(
                    f"The target {name} no longer has {', '.join(without)}, and it is not locked for this program, so nothing was run. Ask again."
                )
            return lock
        if profile is None:
            raise NotAllowed(
                f"What the target {name} has installed is not known now, so nothing was run. Try again in a minute."
            )
        wanted = ", ".join(lacking(profile, asked, lock))
        raise NotAllowed(
            f"The target {name} installs no packages and no longer has {wanted}, so nothing was run. Ask again."
        )

    def estimate(self, proposal: Proposal) -> Estimate | None:
        """What a run of a proposal will probably cost on its target; None if it can't be estimated."""
        place = self._places.get(proposal.target)
        if place is None or not proposal.runnable:
            return None
        return estimate(place.terms.prices, proposal, place.terms.resources)

    def admit(self, name: str, user: str) -> ConfiguredTarget:
        """The target, for a person who may use it. Raises NotAllowed."""
        place = self[name]
        if not place.open_to(user):
            raise NotAllowed(f"You don't have access to the target {name}. Choose another one on the card.")
        return place


async def _state(cluster: Target) -> ClusterState:
    try:
        async with asyncio.timeout(_STATE_LIMIT):
            return await cluster.state()
    except TimeoutError:
        return ClusterState(problem="It is not responding.")


async def _state_of(cluster: Target | None) -> ClusterState | None:
    return await _state(cluster) if cluster is not None else None
