"""What tests of deploying stand on: the strict fake, a client of it, and what a person does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.fakes.cloudformation_server import Time
from tests.fakes.cloudformation_stack import ACCOUNT, REGION

from cicdgen.aws.access import Access
from cicdgen.aws.calling import Caller
from cicdgen.deploying import destroying
from cicdgen.deploying.executing import execute, settle
from cicdgen.deploying.happenings import Happened, Noted
from cicdgen.deploying.locating import Address
from cicdgen.deploying.order import Order
from cicdgen.deploying.proposing import NoChanges, Proposal, propose
from cicdgen.deploying.watching import Watch
from cicdgen.diff import compare

if TYPE_CHECKING:
    from tests.fakes.cloudformation_server import Account
    from tests.fakes.cloudformation_stack import Stack

    from cicdgen.aws.stacks import Stack as Described
    from cicdgen.deploying.happenings import Happening
    from cicdgen.deploying.watching import Outcome

NAME = "shop-dev"
ADDRESS = Address(env="dev", stack=NAME, account=ACCOUNT, options="--env dev")
_SERVICE = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
}
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _SERVICE}},
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "shop-dev-data"}},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Code": {"ZipFile": "pass"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}},
        },
        "Version": {
            "Type": "AWS::Lambda::Version",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"FunctionName": {"Ref": "Function"}},
        },
        "LiveAlias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": "live",
                "FunctionName": {"Ref": "Function"},
                "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
            },
        },
    },
    "Outputs": {"DataBucket": {"Value": {"Ref": "Bucket"}}},
}


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The template with properties changed, by `Resource.Property`; None takes a resource out."""
    template: dict[str, Any] = json.loads(json.dumps(TEMPLATE))
    for place, value in changes.items():
        name, _, key = place.partition(".")
        if value is None:
            del template["Resources"][name]
        elif not key:
            template["Resources"][name] = value
        else:
            template["Resources"][name].setdefault("Properties", {})[key] = value
    return template


TIMEOUT = changed({"Function.Timeout": 7})
"""The template with a harmless change."""


def order(template: dict[str, Any] | None = None, **given: Any) -> Order:  # noqa: ANN401
    """An order for the stack."""
    body = json.dumps(template or TEMPLATE, separators=(",", ":"))
    return replace(Order(address=ADDRESS, body=body), **given)


@dataclass(kw_only=True)
class Ground:
    """One account, and somebody who works on it."""

    account: Account
    url: str
    clients: dict[str, Any]
    heard: list[Happening] = field(default_factory=list)
    how: Watch = field(default_factory=lambda: Watch(options=ADDRESS.options))

    @property
    def clock(self) -> Time:
        """The time that passes when somebody sleeps."""
        assert isinstance(self.account.time, Time)
        return self.account.time

    def caller(self) -> Caller:
        """A caller as a new process would have it."""
        return Caller(
            access=Access(region=REGION, endpoint=self.url),
            clock=self.clock,
            _clients=self.clients,
        )

    def propose(self, wanted: Order | None = None) -> Proposal | NoChanges:
        """A change set."""
        return propose(self.caller(), wanted or order(), compare, self.heard.append)

    def proposal(self, wanted: Order | None = None) -> Proposal:
        """A change set that changes something."""
        found = self.propose(wanted)
        assert isinstance(found, Proposal)
        return found

    def execute(self, proposal: Proposal, wanted: Order | None = None) -> Described:
        """Execute it and watch."""
        asked = wanted or order()
        return execute(
            self.caller(),
            proposal,
            self.how,
            self.heard.append,
            aliases=asked.aliases,
            is_kept=asked.is_kept,
            keeps_what_succeeded=asked.keeps_what_succeeded,
        )

    def deploy(self, wanted: Order | None = None) -> Described:
        """What `cicdgen deploy --yes` does, dangers allowed."""
        asked = wanted or order()
        found = self.propose(asked)
        if isinstance(found, NoChanges):
            return self.settle(found, asked)
        return self.execute(found, asked)

    def settle(self, found: NoChanges, asked: Order) -> Described:
        """There is nothing to change."""
        return settle(
            self.caller(), found, self.heard.append, aliases=asked.aliases, is_kept=asked.is_kept
        )

    def survey(self, **given: Any) -> destroying.Remains | destroying.Absent:  # noqa: ANN401
        """What destroying comes to."""
        return destroying.survey(self.caller(), self.heard.append, ADDRESS, **given)

    def destroy(self, **given: Any) -> None:  # noqa: ANN401
        """What `cicdgen destroy --yes --empty-buckets --allow unprotect` does."""
        found = self.survey(**given)
        if isinstance(found, destroying.Remains):
            destroying.destroy(self.caller(), found, self.how, self.heard.append, **given)

    @property
    def stack(self) -> Stack:
        """The fake's newest stack."""
        self.account.cloudformation.find(NAME)
        return self.account.cloudformation.stacks[-1]

    @property
    def troubles(self) -> Any:  # noqa: ANN401 - set by tests
        """What is to go wrong with resources."""
        return self.account.cloudformation.troubles

    @property
    def operations(self) -> list[str]:
        """Operations of CloudFormation, in the order in which they were called."""
        return [name for name, _ in self.account.cloudformation.calls]

    @property
    def notes(self) -> str:
        """Every sentence that was told."""
        return "\n".join(each.text for each in self.heard if isinstance(each, Noted))

    @property
    def events(self) -> list[tuple[str, str]]:
        """Every event that was told, as resource and status."""
        return [
            (each.event.logical_id, each.event.status)
            for each in self.heard
            if isinstance(each, Happened)
        ]


def statuses(outcome: Outcome) -> tuple[str, str | None]:
    """How it ended, and the first resource that failed."""
    return outcome.stack.status, outcome.first.logical_id if outcome.first else None
