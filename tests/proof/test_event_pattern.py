"""EventBridge's matching, held against the examples of AWS's own pages."""

from __future__ import annotations

from typing import Any

import pytest

from cicdgen.cloudformation import Text
from cicdgen.iam.parse import read_json
from cicdgen.proof.event_pattern import ANYTHING, matches, unknown_operators

EC2 = {
    "detail-type": "EC2 Instance State-change Notification",
    "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-02ebd4584a2ebd341"],
    "detail": {"state": "running", "c-count": {"c1": 100}},
}
COMPLEX = {
    "time": [{"prefix": "2017-10-02"}],
    "detail": {
        "state": [{"anything-but": "initializing"}],
        "c-count": [{"numeric": [">", 0, "<=", 5]}],
        "d-count": [{"numeric": ["<", 10]}],
        "x-limit": [{"anything-but": [100, 200, 300]}],
    },
}
COUNTED = {"state": "running", "c-count": 5, "d-count": 9, "x-limit": 301.8}
LOCATION = {"Location": ["New York"], "Day": ["Monday"]}
OR = {"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]}

# Pattern, event, whether it matches. From eventbridge/eb-create-pattern-operators and, before it
# had that name, eb-event-patterns-content-based-filtering.
DOCUMENTED: dict[str, tuple[Any, Any, bool | None]] = {
    "and: both": (LOCATION, {"Location": "New York", "Day": "Monday"}, True),
    "and: one only": (LOCATION, {"Location": "New York", "Day": "Sunday"}, False),
    "or across fields": (OR, {"Location": "Boston", "Day": "Monday"}, True),
    "or across fields: neither": (OR, {"Location": "Boston", "Day": "Sunday"}, False),
    "or of values": ({"Payment": ["Credit", "Debit"]}, {"Payment": "Debit"}, True),
    "anything-but": ({"s": [{"anything-but": "initializing"}]}, {"s": "running"}, True),
    "anything-but that": ({"s": [{"anything-but": "initializing"}]}, {"s": "initializing"}, False),
    "anything-but a number": ({"x": [{"anything-but": 123}]}, {"x": 123}, False),
    "anything-but a list": ({"x": [{"anything-but": [100, 200]}]}, {"x": 300}, True),
    "anything-but needs the field": ({"s": [{"anything-but": "x"}]}, {"t": "y"}, False),
    "anything-but prefix": (
        {"R": [{"anything-but": {"prefix": "us-"}}]},
        {"R": "us-east-1"},
        False,
    ),
    "anything-but prefixes": (
        {"R": [{"anything-but": {"prefix": ["us-", "eu-"]}}]},
        {"R": "eu-west-1"},
        False,
    ),
    "anything-but suffix": ({"F": [{"anything-but": {"suffix": ".png"}}]}, {"F": "a.txt"}, True),
    "anything-but any case": (
        {"s": [{"anything-but": {"equals-ignore-case": "initializing"}}]},
        {"s": "INITIALIZING"},
        False,
    ),
    "anything-but wildcard": (
        {"P": [{"anything-but": {"wildcard": "*/lib/*"}}]},
        {"P": "/usr/lib/x"},
        False,
    ),
    "anything-but a list of texts": (
        {"s": [{"anything-but": ["stopped", "overloaded"]}]},
        {"s": "stopped"},
        False,
    ),
    "anything-but suffixes": (
        {"F": [{"anything-but": {"suffix": [".txt", ".rtf"]}}]},
        {"F": "a.rtf"},
        False,
    ),
    "anything-but any case, a list": (
        {"s": [{"anything-but": {"equals-ignore-case": ["initializing", "stopped"]}}]},
        {"s": "Running"},
        True,
    ),
    "anything-but wildcards": (
        {"P": [{"anything-but": {"wildcard": ["*/lib/*", "*/bin/*"]}}]},
        {"P": "/usr/share/x"},
        True,
    ),
    "begins with": ({"Region": [{"prefix": "us-"}]}, {"Region": "us-east-1"}, True),
    "begins with, any case": (
        {"service": [{"prefix": {"equals-ignore-case": "eventb"}}]},
        {"service": "EventBridge"},
        True,
    ),
    "empty": ({"LastName": [""]}, {"LastName": ""}, True),
    "equals": ({"Name": ["Alice"]}, {"Name": "alice"}, False),
    "equals, any case": ({"Name": [{"equals-ignore-case": "alice"}]}, {"Name": "Alice"}, True),
    "ends with": ({"FileName": [{"suffix": ".png"}]}, {"FileName": "a.png"}, True),
    "ends with, any case": (
        {"service": [{"suffix": {"equals-ignore-case": "tbridge"}}]},
        {"service": "EVENTBRIDGE"},
        True,
    ),
    "exists": ({"ProductName": [{"exists": True}]}, {"ProductName": "x"}, True),
    "does not exist": ({"detail": {"n": [{"exists": False}]}}, EC2, True),
    "what has fields is no leaf": ({"detail": {"c-count": [{"exists": False}]}}, EC2, True),
    "null": ({"UserID": [None]}, {"UserID": None}, True),
    "null is not absence": ({"UserID": [None]}, {}, False),
    "numeric equals": ({"Price": [{"numeric": ["=", 100]}]}, {"Price": 100}, True),
    "numeric range": ({"Price": [{"numeric": [">", 10, "<=", 20]}]}, {"Price": 20}, True),
    "numeric out of range": ({"Price": [{"numeric": [">", 10, "<=", 20]}]}, {"Price": 10}, False),
    "numeric is for numbers": ({"Price": [{"numeric": ["=", 100]}]}, {"Price": "100"}, False),
    "wildcard": ({"F": [{"wildcard": "dir/*.png"}]}, {"F": "dir/a/b.png"}, True),
    "wildcard misses": ({"F": [{"wildcard": "dir/*.png"}]}, {"F": "dir/a.txt"}, False),
    "wildcard, escaped": ({"F": [{"wildcard": "a\\*b"}]}, {"F": "axb"}, False),
    "cidr": ({"ip": [{"cidr": "10.0.0.0/24"}]}, {"ip": "10.0.0.9"}, True),
    "cidr misses": ({"ip": [{"cidr": "10.0.0.0/24"}]}, {"ip": "10.0.1.9"}, False),
    "cidr, version 6": ({"ip": [{"cidr": "2001:db8::/32"}]}, {"ip": "2001:db8::9"}, True),
    "cidr is for addresses": ({"ip": [{"cidr": "10.0.0.0/24"}]}, {"ip": "host"}, False),
    "numeric less than": ({"Price": [{"numeric": ["<", 10]}]}, {"Price": 9.99}, True),
    "numeric, scientific": ({"Price": [{"numeric": ["=", 3.0e2]}]}, {"Price": 300}, True),
    "wildcard of everything": ({"F": [{"wildcard": "*"}]}, {"F": ""}, True),
    "wildcard, an escaped backslash": ({"F": [{"wildcard": "a\\\\b"}]}, {"F": "a\\b"}, True),
    "does not exist, but does": ({"n": [{"exists": False}]}, {"n": 1}, False),
    "exists in a list": ({"n": [{"exists": True}]}, {"n": [1]}, True),
    "or beside a field": ({"a": [1], **OR}, {"a": 2, "Day": "Monday"}, False),
    "no member of a list": ({"a": ["x"]}, {"a": ["y", "z"]}, False),
    "a number is no text": ({"a": ["5"]}, {"a": 5}, False),
    "any member of a list": ({"resources": [{"prefix": "arn:aws:ec2"}]}, EC2, True),
    "complex": (COMPLEX, {"time": "2017-10-02T18:43:48Z", "detail": COUNTED}, True),
    "complex, one off": (
        COMPLEX,
        {"time": "2017-10-02T18:43:48Z", "detail": {**COUNTED, "c-count": 6}},
        False,
    ),
    "an operator that is not known": ({"F": [{"soundex": "R163"}]}, {"F": "Rupert"}, None),
    "a field that is not known": ({"F": ["a"]}, {"F": ANYTHING}, None),
    "a mismatch decides, whatever is not known": ({"F": ["a"], "G": ["b"]}, {"F": ANYTHING}, False),
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_examples(name: str) -> None:
    """Each operator does what its example says."""
    pattern, event, expected = DOCUMENTED[name]

    assert expected is matches(read_json(pattern, ()), event)


def test_a_name_that_is_made_up_later_equals_itself() -> None:
    """The bucket of the pattern is the bucket of the event, although nobody knows its name."""
    bucket, other = (Text.token(name) for name in ("Bucket", "Other"))
    pattern = read_json({"bucket": [bucket.code]}, ())

    assert matches(pattern, {"bucket": bucket}) is True
    assert matches(pattern, {"bucket": other}) is None


def test_operators_that_are_not_known_are_named() -> None:
    """A doubt can say which one it is."""
    pattern = {
        "$or": [{"a": [{"soundex": "R163"}]}, {"b": [{"prefix": "x"}]}],
        "c": [{"exists": True}],
    }

    assert ["soundex"] == list(unknown_operators(read_json(pattern, ())))
