"""Where a stack lives: the values of the pseudo parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from cicdgen.cloudformation.text import Shape, Text

_DNS_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
}

_NOT_FIXED = "it differs by where the stack is created"


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account and region to create a stack in. What is left out stays a token.

    Source: AWSCloudFormation/pseudo-parameter-reference.

    Attributes:
        partition: `aws`, `aws-cn` or `aws-us-gov`.
        account: Twelve digits.
        region: As `eu-central-1`.
        stack: The stack's name.
    """

    partition: str | None = None
    account: str | None = None
    region: str | None = None
    stack: str | None = None

    @property
    def account_id(self) -> Text:
        """The account's id, or the token for it."""
        return self._one("AWS::AccountId", self.account, Shape.ACCOUNT)

    def pseudo_parameters(self) -> Mapping[str, Text]:
        """The value of each pseudo parameter that is text, by name."""
        partition = self._one("AWS::Partition", self.partition, Shape.WORD)
        region = self._one("AWS::Region", self.region, Shape.WORD)
        stack = self._one("AWS::StackName", self.stack, Shape.WORD)
        suffix = _DNS_SUFFIXES.get(self.partition or "")
        unique = Text.token("AWS::StackId", Shape.ID, because="AWS makes it up")
        return {
            "AWS::AccountId": self.account_id,
            "AWS::Partition": partition,
            "AWS::Region": region,
            "AWS::StackName": stack,
            "AWS::URLSuffix": self._one("AWS::URLSuffix", suffix, Shape.GIVEN),
            "AWS::StackId": Text.joined(
                (
                    Text.literal("arn"),
                    partition,
                    Text.literal("cloudformation"),
                    region,
                    self.account_id,
                    Text.literal("stack/") + stack + "/" + unique,
                ),
                ":",
            ),
        }

    @staticmethod
    def _one(name: str, value: str | None, shape: Shape) -> Text:
        return Text.literal(value) if value else Text.token(name, shape, because=_NOT_FIXED)


SOMEWHERE = Account()
"""No account in particular: what holds here, holds in all."""

EXAMPLE = Account(
    partition="aws", account="111122223333", region="us-east-1", stack="example-stack"
)
"""One account to read examples in; the number is one that AWS reserves for its documentation."""
