"""One scenario under way: the stack, its policies, the time, and what happened so far.

Every call to AWS goes through `Run.ask`, whoever makes it: there it is decided by every policy that
takes part in it, and recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cicdgen.iam import Allowed
from cicdgen.proof.hop import Call, Hop
from cicdgen.proof.hops.people import every_right, person
from cicdgen.proof.sufficient import Open, Proven, Refused, judge
from cicdgen.rehearsal.clock import Clock
from cicdgen.rehearsal.timeline import Call as Recorded
from cicdgen.rehearsal.timeline import CallMade, Logged, TrafficShifted, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cicdgen.cloudformation import Text
    from cicdgen.iam import Policies, Principal, RoleSession
    from cicdgen.proof.hops.site import Site
    from cicdgen.rehearsal.naming import Names
    from cicdgen.rehearsal.record import Load
    from cicdgen.rehearsal.second_opinion import SecondOpinion
    from cicdgen.rehearsal.timeline import Event


class DeniedError(Exception):
    """A call is not allowed. The text names who, the action, the resource and what lacks."""


class UnmodelledError(Exception):
    """Something that the rehearsal does not model, or cannot know: never passed over."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What decisions are made of, and what they were: the same for every scenario of a stack."""

    policies: Policies
    known: dict[object, tuple[Verdict, str, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, who: str, call: Call) -> tuple[Verdict, str, tuple[str, ...]]:
        """The verdict on a call, why, and the statements that it rests on."""
        key = (
            who,
            call.impossible,
            tuple((w.principal, w.action, w.resource, *_given(w)) for w in call.ways),
        )
        if key not in self.known:
            self.known[key] = self._decided(who, call)
        return self.known[key]

    def _decided(self, who: str, call: Call) -> tuple[Verdict, str, tuple[str, ...]]:
        hop = Hop(id="call", of="", path=(), who=who, calls=(call,), why="", source="")
        (judged,) = judge([hop], self.policies)
        match judged:
            case Refused(because=because):
                return Verdict.DENIED, "; ".join(because), ()
            case Open(because=because):
                return Verdict.UNKNOWN, "; ".join(because), ()
            case Proven(answers=answers):
                by = [s for a in answers[0] if isinstance(a, Allowed) for s in a.by]
                named = (f"{s.origin.resource}.{s.origin.sid or s.origin.index + 1}" for s in by)
                return Verdict.ALLOWED, "", tuple(dict.fromkeys(named))


def _given(way: object) -> tuple[object, ...]:
    values = way.given.values  # type: ignore[attr-defined]
    return tuple(sorted((key, repr(value)) for key, value in values.items()))


def _nobody(_: object) -> None:
    """Watch nothing."""


@dataclass(eq=False, kw_only=True)
class Run:
    """One scenario under way.

    Attributes:
        site: the stack.
        names: the values of what the template does not name.
        answers: who may do what.
        load: the traffic.
        withheld: an action that is taken from everybody, as `s3:GetObject`; empty if none.
        second: who is asked about every verdict once more, if anybody is.
        watch: sees every event as it happens.
        clock: the time.
        events: what happened.
        shifts: where the traffic of every alias goes, from when.
        remarks: what the rehearsal itself has to say of what happened.
        problems: what is not modelled and was met all the same.
    """

    site: Site
    names: Names
    answers: Answers
    load: Load
    withheld: str = ""
    second: SecondOpinion | None = None
    watch: Callable[[Event], None] = _nobody
    clock: Clock = field(default_factory=Clock)
    events: list[Event] = field(default_factory=list)
    shifts: list[TrafficShifted] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def now(self) -> float:
        """The time."""
        return self.clock.now

    @cached_property
    def person(self) -> RoleSession:
        """Somebody with every right that IAM can give."""
        return person(self.site)

    def tell(self, event: Event) -> None:
        """Record an event, and let whoever watches see it."""
        self.events.append(event)
        self.watch(event)

    def shift(self, alias: str, weights: Mapping[str, float]) -> None:
        """Record where an alias sends its traffic from now on."""
        self.shifts.append(TrafficShifted(at=self.now, alias=alias, weights=weights))
        self.tell(TrafficShifted(at=max(self.now, 0.0), alias=alias, weights=weights))

    def log(self, by: str, line: str) -> None:
        """Record a line that something wrote."""
        self.tell(Logged(at=self.now, by=by, line=line))

    def remark(self, by: str, line: str) -> None:
        """Record what the rehearsal itself has to say of something: it may be a cause."""
        self.log(by, line)
        self.remarks.append(f"{by}: {line}")

    def ask(self, who: Principal, calls: Iterable[Call], source: str) -> None:
        """Make calls, one after the other.

        Raises:
            DeniedError: one is not allowed, or it is not known whether it is.
        """
        for call in calls:
            recorded = self._record(who, call, source)
            if recorded.verdict is not Verdict.ALLOWED:
                raise DeniedError(recorded.because)

    def mention(self, who: Principal, calls: Iterable[Call], source: str) -> None:
        """Make calls that AWS lists, and without which nothing is known to fail."""
        for call in calls:
            self._record(who, call, source, is_needed=False)

    def call(
        self,
        who: Principal,
        action: str,
        on: Text | tuple[Text, ...],
        source: str,
        context: Mapping[str, object] | None = None,
    ) -> None:
        """Make one call; as `ask`."""
        self.ask(who, [self.site.call(who, action, on, context)], source)  # type: ignore[arg-type]

    def _record(
        self, who: Principal, call: Call, source: str, *, is_needed: bool = True
    ) -> Recorded:
        name = "an administrator" if who == self.person else self.site.who(who)
        ways = tuple(way for way in call.ways if way.action.lower() != self.withheld.lower())
        if ways:
            verdict, because, grants = self.answers.of(
                name, Call(ways=ways, on=call.on, impossible=call.impossible)
            )
            # What no policy can help is no question to IAM.
            if self.second is not None and not call.impossible:
                self.problems += filter(None, [self.second.differs(ways, verdict)])
        else:
            verdict, grants = Verdict.DENIED, ()
            because = (
                f"{name} may not {call.ways[0].action} on {call.on}: the scenario takes it away"
            )
        recorded = Recorded(
            principal=name,
            action=(ways or call.ways)[0].action,
            resource=call.on,
            verdict=verdict,
            because=because,
            grants=grants,
            source=source,
            is_needed=is_needed,
        )
        self.tell(CallMade(at=self.now, call=recorded))
        return recorded


def answers_of(site: Site, policies: Policies) -> Answers:
    """The answers for a stack, where there is somebody with every right."""
    return Answers(policies=policies.granting(person(site).arn, [every_right()]))
