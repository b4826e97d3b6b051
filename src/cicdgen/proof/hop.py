"""A hop: one thing that has to happen at run time, as the calls to AWS that it takes."""

from dataclasses import dataclass
from enum import Enum, unique

from cicdgen.cloudformation import Path
from cicdgen.iam import Request


@unique
class Strength(Enum):
    """What is known about a hop.

    `DOCUMENTED`: an AWS page asks for it. `REPORTED`: people who ran it say so. `SAFE_SIDE`: it may
    not be needed: AWS lists it, or it was seen once, but the same works without it elsewhere. What
    is there for a hop of the safe side is not in excess, and where it lacks nothing has failed.
    `OPTIONAL`: the same, of which it is known that nothing at run time misses it.
    """

    DOCUMENTED = "documented"
    REPORTED = "field report"
    SAFE_SIDE = "safe side"
    OPTIONAL = "optional"

    @property
    def is_needed(self) -> bool:
        """Whether something breaks without it."""
        return self in {Strength.DOCUMENTED, Strength.REPORTED}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call to AWS.

    Attributes:
        ways: The requests that AWS may make of it. It is enough that one is allowed, and all of
            them may be granted: which one AWS asks is not told.
        on: The resource, as the template's author calls it.
        impossible: Why no policy can help, if none can.
    """

    ways: tuple[Request, ...]
    on: str
    impossible: str = ""


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Something that is decided outside the template, by its owner: a proof assumes that it works.

    Attributes:
        path: The place in the template that relies on it.
        because: What is relied on, as a sentence.
    """

    path: Path
    because: str


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One thing that has to happen at run time.

    Attributes:
        id: A stable name, as `codepipeline.start-build`.
        of: The logical id of the resource that makes it happen.
        path: The place in the template that does.
        who: Who calls, as the template's author calls them.
        calls: The call, and what that asks for in turn (S3 asks for the key): all must be allowed.
        why: What breaks without it.
        source: The AWS page that it rests on, as guide/page.
        strength: What is known about it.
    """

    id: str
    of: str
    path: Path
    who: str
    calls: tuple[Call, ...]
    why: str
    source: str
    strength: Strength = Strength.DOCUMENTED

    @property
    def service(self) -> str:
        """The service that calls: `codepipeline`."""
        return self.id.partition(".")[0]
