"""The rule that starts a pipeline matches the event that its source sends.

A pattern with a misspelt field, another bucket or another key is valid, deploys, and never matches
(failures 6, 13). Source: eventbridge/eb-create-pattern, AmazonS3/ev-events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Fields
from cicdgen.cloudformation.truth import Truth, all_of
from cicdgen.proof import event_pattern
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts import upload
from cicdgen.proof.parts.pipeline import Action, actions
from cicdgen.proof.parts.place import Place, objects
from cicdgen.proof.parts.trigger import Trigger, triggers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicdgen.cloudformation import Stack, Text

NAME = "event-matches"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every rule that starts a pipeline with one S3 source."""
    for trigger, source in sourced(stack):
        bucket, key = named(source)
        pattern = pattern_of(trigger)
        if not pattern.is_given or bucket is None or key is None:
            continue
        sent = _every(pattern, upload.object_created, stack, bucket, key)
        logged = _every(pattern, upload.api_call, stack, bucket, key)
        if sent is True or (logged is True and list(stack.of_type("AWS::CloudTrail::Trail"))):
            continue
        if logged is True:
            because = "it asks for events of CloudTrail, and the template has no trail"
            yield Doubt(check=NAME, path=pattern.path, because=because)
        elif sent is False and logged is False:
            yield Flaw(
                check=NAME,
                path=pattern.path,
                message=f"the pattern does not match the event of an upload of {key} to {bucket}"
                f"{_which(pattern, stack, bucket, key)}",
                fix='match source "aws.s3", detail-type "Object Created", detail.bucket.name and'
                " detail.object.key",
                source="AmazonS3/ev-events",
            )
        else:
            unknown = list(event_pattern.unknown_operators(pattern.value))
            what = f"what {unknown[0]} matches" if unknown else "what it is compared with"
            yield Doubt(check=NAME, path=pattern.path, because=f"{what} is not known")


def sourced(stack: Stack) -> Iterator[tuple[Trigger, Action]]:
    """Every rule that may start a pipeline on an upload, with the source it is for.

    Where a pipeline has several sources, a rule may be for any of them: those are left out. So is
    a rule that starts it by the clock.
    """
    for trigger in triggers(stack):
        sources = [each for each in actions(trigger.pipeline) if each.kind.startswith("Source/")]
        if len(sources) == 1 and sources[0].kind == "Source/AWS/S3":
            yield trigger, sources[0]


def pattern_of(trigger: Trigger) -> Place:
    """The event pattern of a rule, as an object even where it is written as a string."""
    return objects(Place.of(trigger.rule).at("EventPattern"))


def named(source: Action) -> tuple[Text | None, Text | None]:
    """The bucket and the key that a source action reads."""
    configuration = source.configuration
    return configuration.at("S3Bucket").text, configuration.at("S3ObjectKey").text


def _every(
    pattern: Place,
    event: Callable[[Stack, Text, Text, str], upload.Event],
    stack: Stack,
    bucket: Text,
    key: Text,
) -> Truth:
    """Whether the pattern matches an upload, whichever way it is made."""
    answers = [
        event_pattern.matches(pattern.value, event(stack, bucket, key, reason))
        for reason in upload.REASONS
    ]
    return False if False in answers else all_of(answers)


def _which(pattern: Place, stack: Stack, bucket: Text, key: Text) -> str:
    """The first field that stands in the way, for the message."""
    sent = upload.object_created(stack, bucket, key)
    for name, place in pattern.fields():
        if name != "detail":
            if event_pattern.matches(_alone(name, place), sent) is False:
                return f": {name} differs"
            continue
        for inner, below in place.fields():
            one = _alone(name, Place(_alone(inner, below), place.path))
            if event_pattern.matches(one, sent) is False:
                return f": detail.{inner} differs"
    return ""


def _alone(name: str, place: Place) -> Fields:
    """A pattern of one field only."""
    return Fields({name: place.value}, {name: place.path}, place.path)
