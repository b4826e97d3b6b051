"""The condition operators: how each compares a value of a policy with one of the request.

Source: IAM/reference_policies_elements_condition_operators.
"""

import base64
import binascii
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from cicdgen.cloudformation.text import has_tokens
from cicdgen.cloudformation.truth import Truth
from cicdgen.iam.pattern import equals, matches, matches_arn

Compare: TypeAlias = Callable[[str, str], Truth]
"""Whether the code of a policy's value matches the code of the request's."""


@dataclass(frozen=True, kw_only=True)
class Operator:
    """A condition operator.

    Attributes:
        name: Its name, without set operator and `IfExists`.
        compare: How one value matches another.
        negated: Whether it holds where nothing matches.
        wildcards: Whether `*` and `?` in a policy's value match other characters.
        variables: Whether policy variables are replaced; None where AWS's pages disagree.
    """

    name: str
    compare: Compare
    negated: bool = False
    wildcards: bool = False
    variables: Truth = False


def _ignoring_case(pattern: str, subject: str) -> Truth:
    return equals(pattern.lower(), subject.lower())


def _measured(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Compare:
    """Compare what two codes stand for; unknown if either cannot be read."""

    @lru_cache(maxsize=4096)
    def compared(pattern: str, subject: str) -> Truth:
        if has_tokens(pattern) or has_tokens(subject):
            return None
        one, other = read(subject), read(pattern)
        return None if one is None or other is None else compare(one, other)

    return compared


def _number(code: str) -> Decimal | None:
    try:
        number = Decimal(code)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(code: str) -> datetime | None:
    """A moment, as ISO 8601 or in seconds since 1970; without a zone it is UTC."""
    try:
        return datetime.fromtimestamp(float(code), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    try:
        moment = datetime.fromisoformat(f"{code}-01" if len(code) == len("2026-11") else code)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _boolean(code: str) -> bool | None:
    return {"true": True, "false": False}.get(code.lower())


def _octets(code: str) -> bytes:
    try:
        return base64.b64decode(code, validate=True)
    except binascii.Error:
        return code.encode()


def _network(code: str) -> Any:  # noqa: ANN401 - a network of either version
    from ipaddress import ip_network  # noqa: PLC0415 - few policies ask, and it is slow to load

    try:
        return ip_network(code, strict=False)
    except ValueError:
        return None


def _lies_in(address: Any, network: Any) -> bool:  # noqa: ANN401 - networks of either version
    return bool(address.version == network.version and address.subnet_of(network))


def _family(
    prefix: str,
    compare: Mapping[str, Compare],
    *,
    wildcards: bool = False,
    variables: Truth = False,
) -> dict[str, Operator]:
    """The operators of a family by name; `Not` before the comparison makes the negated ones."""
    return {
        name: Operator(
            name=name, compare=each, negated=negated, wildcards=wildcards, variables=variables
        )
        for suffix, each in compare.items()
        for name, negated in ((f"{prefix}{suffix}", False), (f"{prefix}Not{suffix}", True))
    }


def _ordered(prefix: str, read: Callable[[str], Any]) -> dict[str, Operator]:
    equal = _family(prefix, {"Equals": _measured(read, operator.eq)})
    others = {
        "LessThan": operator.lt,
        "LessThanEquals": operator.le,
        "GreaterThan": operator.gt,
        "GreaterThanEquals": operator.ge,
    }
    return equal | {
        f"{prefix}{name}": Operator(name=f"{prefix}{name}", compare=_measured(read, compare))
        for name, compare in others.items()
    }


_ADDRESS = _measured(_network, _lies_in)

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    _family("String", {"Equals": equals, "EqualsIgnoreCase": _ignoring_case}, variables=True)
    | _family("String", {"Like": matches}, wildcards=True, variables=True)
    | _family("Arn", {"Equals": matches_arn, "Like": matches_arn}, wildcards=True, variables=True)
    | _ordered("Numeric", _number)
    | _ordered("Date", _moment)
    | {
        # The operators page says that variables work with Bool, the variables page says no.
        "Bool": Operator(name="Bool", compare=_measured(_boolean, operator.eq), variables=None),
        "BinaryEquals": Operator(name="BinaryEquals", compare=_measured(_octets, operator.eq)),
        "IpAddress": Operator(name="IpAddress", compare=_ADDRESS),
        "NotIpAddress": Operator(name="NotIpAddress", compare=_ADDRESS, negated=True),
    }
)
"""Every operator but `Null`, which compares no values."""
