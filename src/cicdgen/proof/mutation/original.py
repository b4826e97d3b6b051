"""A template before it is broken, with what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cicdgen.cloudformation import Account, Stack, Template, stacks
from cicdgen.cloudformation.values import Json
from cicdgen.proof.proof import Proof, prove


@dataclass(frozen=True)
class Original:
    """A template before it is broken, and where it is deployed."""

    body: Mapping[str, Json]
    account: Account

    @cached_property
    def proof(self) -> Proof:
        """What is proved of it."""
        return prove(Template.read(self.body), self.account)

    @cached_property
    def stack(self) -> Stack:
        """The first of the stacks that it can become."""
        return stack_of(self.body, self.account)


def stack_of(body: Mapping[str, Json], account: Account) -> Stack:
    """The first of the stacks that a template can become."""
    return stacks(Template.read(body), account)[0]
