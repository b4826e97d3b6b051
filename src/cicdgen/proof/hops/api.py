"""Calls that code or a command line makes: the actions that they take, and on what.

Sources: the service authorization reference (which action, on which type of resource) and, for what
an operation asks for besides, the pages named beside each.

What a call is made on is, in this order: what its arguments say; what other calls of the same code
say; what the template has of that type; what the caller's own policies name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from cicdgen.cloudformation import Path, Resource, Shape, Text
from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN
from cicdgen.iam import ActionFacts, Effect, Policies, RoleSession, action_facts
from cicdgen.iam.context import Given
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Hop, Strength
from cicdgen.proof.hops.said import Said
from cicdgen.proof.hops.site import Site

_ACTIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("lambda", "invoke"): "lambda:InvokeFunction",
        ("lambda", "invokeasync"): "lambda:InvokeFunction",
        ("s3", "copyobject"): "s3:PutObject",
        ("s3", "deleteobjects"): "s3:DeleteObject",
        ("s3", "downloadfile"): "s3:GetObject",
        ("s3", "downloadfileobj"): "s3:GetObject",
        ("s3", "headbucket"): "s3:ListBucket",
        ("s3", "headobject"): "s3:GetObject",
        ("s3", "listobjects"): "s3:ListBucket",
        ("s3", "listobjectsv2"): "s3:ListBucket",
        ("s3", "uploadfile"): "s3:PutObject",
        ("s3", "uploadfileobj"): "s3:PutObject",
    }
)
"""Operations whose action has another name."""

_FREE = frozenset({("sts", "getcalleridentity"), ("sts", "getsessiontoken")})
"""Operations that no policy can forbid or has to allow."""

_SHAPES: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "application": (("applicationname",),),
        "deploymentconfig": (("deploymentconfigname",),),
        "deploymentgroup": (("applicationname",), ("deploymentgroupname",)),
        "function": (("functionname",),),
        "pipeline": (("name", "pipelinename"),),
        "project": (("projectname",),),
        "table": (("tablename",),),
        "topic": (("topicarn", "targetarn"),),
        "key": (("keyid",),),
        "statemachine": (("statemachinearn",),),
    }
)
"""By resource type, the arguments that fill the placeholders of its ARN in turn."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who makes the calls.

    Attributes:
        site: The stack.
        role: Whose rights they take.
        policies: Every policy of the stack.
        service: What runs the code: `lambda`.
        of: The resource with the code.
        path: Where the code is.
        context: Condition keys of every call.
        objects: Where objects lie that a call reads without saying where.
        said: All calls of the code.
    """

    site: Site
    role: RoleSession
    policies: Policies
    service: str
    of: Resource
    path: Path
    context: Mapping[str, Given] = field(default_factory=dict)
    said: Sequence[Said] = ()

    def hop(
        self,
        calls: tuple[Call, ...],
        why: str = "",
        *,
        source: str = "service-authorization/reference",
        strength: Strength = Strength.DOCUMENTED,
    ) -> Hop:
        """A hop of this code, named for what it calls first."""
        action = calls[0].ways[0].action.partition(":")[2]
        return Hop(
            id=f"{self.service}.call-{_kebab(action)}",
            of=self.of.logical_id,
            path=self.path,
            who=self.site.who(self.role),
            calls=calls,
            why=why or f"The code of {self.of.logical_id} calls it, and fails.",
            source=source,
            strength=strength,
        )

    def guessed(self, facts: ActionFacts) -> Doubt:
        """What is told of a call where nothing says on what it is made."""
        name = self.of.logical_id
        return self.doubt(
            f"on what the code of {name} calls {facts.name}: it is taken for what its role may"
        )

    def doubt(self, because: str) -> Doubt:
        """What cannot be told of this code."""
        return Doubt(check="hops", path=self.path, because=because)


def action_of(said: Said) -> str:
    """The action that an operation takes."""
    return _ACTIONS.get((said.service, said.operation), f"{said.service}:{said.operation}")


def is_free(said: Said) -> bool:
    """Whether everybody may do it."""
    return (said.service, said.operation) in _FREE


def hops_of(caller: Caller, said: Said) -> Iterator[Hop | Doubt]:
    """The hops of a call, but for objects."""
    facts = action_facts(action_of(said))
    if facts is None:
        yield caller.doubt(
            f"which action {said.service} {said.operation} takes, that {caller.of.logical_id} calls"
        )
        return
    on = resources(caller, said, facts)
    if facts.resource_types and not _is_told(caller, said, facts):
        yield caller.guessed(facts)
    yield caller.hop((caller.site.call(caller.role, facts.name, on, caller.context),))
    if (said.service, said.operation) == ("codedeploy", "createdeployment"):
        yield from _with_deployment(caller, said, on)


def resources(caller: Caller, said: Said, facts: ActionFacts) -> tuple[Text, ...]:
    """What a call may be made on: any of these."""
    if not facts.resource_types:
        return (Text("*"),)
    own = _told(caller, said, facts)
    if own:
        return own
    told = [arn for other in caller.said for arn in _told(caller, other, facts)]
    if told:
        return tuple(dict.fromkeys(told))
    return _here(caller, said, facts) or named(caller, facts) or (Text("*"),)


def _here(caller: Caller, said: Said, facts: ActionFacts) -> tuple[Text, ...]:
    """What the template has of the type that a call is made on."""
    return tuple(
        each.arn
        for each in caller.site.stack.resources.values()
        if each.arn.code.split(":")[2:3] == [said.service] and facts.fits(each.arn)
    )


def _is_told(caller: Caller, said: Said, facts: ActionFacts) -> bool:
    """Whether the code says what it calls, or the template leaves one answer."""
    if any(_told(caller, each, facts) for each in (said, *caller.said)):
        return True
    return len(_here(caller, said, facts)) == 1


def named(caller: Caller, facts: ActionFacts, within: str = "") -> tuple[Text, ...]:
    """What the caller's own policies name for an action, wildcards as something unknown."""
    anything = Text.token("whatever fits", Shape.ANY, because="the code says at run time")
    found: dict[Text, None] = {}
    for held in caller.policies.of_principal(caller.role.arn).identity:
        for statement in held.document.statements:
            resources = statement.resources
            fits = statement.actions.match(facts.name.lower())
            if statement.effect is not Effect.ALLOW or not fits or resources is None:
                continue
            for pattern in resources.patterns:
                code = str(pattern.parts[0])
                code = code.replace(ANY_RUN, anything.code).replace(ANY_ONE, anything.code)
                if code.startswith(within or "arn:") and facts.fits(Text(code)):
                    found[Text(code)] = None
    return tuple(found)


def _told(caller: Caller, said: Said, facts: ActionFacts) -> tuple[Text, ...]:
    """What the arguments of a call say it is made on."""
    for kind in facts.resource_types:
        names = _SHAPES.get(kind.name.lower())
        if names is None or said.service != facts.service:
            continue
        values = [said.given(*each) for each in names]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            arn = _filled(caller.site, facts.service, kind.name.lower(), known)
            return tuple(_qualified(said, facts, arn))
    queue = said.given("queueurl")
    found = caller.site.find(queue, "AWS::SQS::Queue") if queue is not None else None
    return (found.arn,) if found is not None else ()


def _filled(site: Site, service: str, kind: str, values: Sequence[Text]) -> Text:
    first = values[0]
    if first.code.startswith("arn:"):
        return first
    for resource in site.stack.resources.values():
        if len(values) == 1 and first in (resource.ref, resource.name):
            arn = resource.arn
            if arn.code.split(":")[2:3] == [service]:
                return arn
    word = {"pipeline": "", "project": "project/", "table": "table/", "key": "key/"}.get(kind)
    return site.arn(
        service, Text.joined((Text(f"{kind}:" if word is None else word), first), "")
    ) + "".join(f"/{value.code}" for value in values[1:])


def _qualified(said: Said, facts: ActionFacts, function: Text) -> Iterator[Text]:
    """A version or alias that a call names is asked for itself; GetAlias leaves that open."""
    if facts.service != "lambda":
        yield function
    elif "qualifier" in said.arguments:
        version = Text.token("a version", Shape.WORD, because="the code says at run time")
        yield function + ":" + (said.arguments["qualifier"] or version)
    elif facts.name == "lambda:GetAlias":
        alias = Text.token("an alias", Shape.WORD, because="the code says at run time")
        yield from (function, function + ":" + (said.arguments.get("name") or alias))
    else:
        yield function


def _with_deployment(caller: Caller, said: Said, groups: Sequence[Text]) -> Iterator[Hop]:
    """CreateDeployment looks up the config and registers the revision as the caller."""
    page = "codedeploy/auth-and-access-control-permissions-reference"
    site = caller.site
    known = [g for g in site.every("AWS::CodeDeploy::DeploymentGroup") if g.arn in groups]
    configs = [g.properties.get("DeploymentConfigName") for g in known]
    given = said.given("deploymentconfigname")
    for config in dict.fromkeys((given,) if given is not None else configs):
        if isinstance(config, Text):
            arn = site.arn("codedeploy", Text("deploymentconfig:") + config)
            call = site.call(caller.role, "codedeploy:GetDeploymentConfig", arn, caller.context)
            yield caller.hop((call,), "CodeDeploy refuses the deployment.", source=page)
    for group in dict.fromkeys(groups):
        application = Text(
            group.code.replace(":deploymentgroup:", ":application:").rpartition("/")[0]
        )
        ways = ("codedeploy:RegisterApplicationRevision", "codedeploy:GetApplicationRevision")
        call = site.call(caller.role, ways, application, caller.context)
        yield caller.hop((call,), "CodeDeploy refuses the deployment.", source=page)


def _kebab(action: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in action).lstrip("-")
