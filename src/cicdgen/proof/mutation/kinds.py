"""What is done to a template, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique

from cicdgen.cloudformation import Path, written
from cicdgen.cloudformation.values import Json


@unique
class Kind(Enum):
    """What is done to the template."""

    DROP_STATEMENT = "drop a statement"
    DROP_ACTION = "drop an action"
    DROP_CONDITION = "drop a condition"
    CHANGE_PRINCIPAL = "change a principal"
    SWAP_RESOURCES = "swap the resources of two statements"
    RETARGET = "retarget a reference"
    SWAP_KEY = "swap a key"
    CHANGE_EVENT = "change an event pattern"
    CHANGE_INPUT = "change what a target is given"
    RENAME_ARTIFACT = "rename an artifact"
    CHANGE_ORDER = "change the order of actions"
    CHANGE_PROVIDER = "change a provider"
    CHANGE_RELEASE = "change what is released"
    CHANGE_METRIC = "change a metric"
    CHANGE_PERIOD = "change a period"
    CHANGE_ALARMS = "change who hears of an alarm"
    RENAME_LOG = "rename a log group"
    CHANGE_HANDLER = "change a handler"
    DROP_PROPERTY = "drop a property"
    SWITCH_OFF = "switch something off"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A template with one change.

    Attributes:
        kind: what was done.
        path: where.
        what: what is there now instead of what, in words.
        body: the template.
    """

    kind: Kind
    path: Path
    what: str
    body: Mapping[str, Json] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.what} ({written(self.path)})"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a mutant.

    Attributes:
        mutant: the mutant.
        caught_by: the rules that say what they do not say of the template as it is.
        doubted_by: the same, for those that only say that the template does not decide it.
        harmless: why nothing comes of it, where that is known.
    """

    mutant: Mutant
    caught_by: tuple[str, ...]
    doubted_by: tuple[str, ...] = ()
    harmless: str = ""

    @property
    def survives(self) -> bool:
        """Whether nobody objects. A doubt is no objection: it does not fail a check."""
        return not self.caught_by

    @property
    def is_gap(self) -> bool:
        """Whether somebody had to."""
        return self.survives and not self.harmless
