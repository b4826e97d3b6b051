"""Every policy of a stack, collected from its template."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cicdgen.cloudformation.stack import Stack
from cicdgen.cloudformation.text import Text
from cicdgen.iam.identities import Identities
from cicdgen.iam.policies import Policies
from cicdgen.iam.resource_policies import owned_resources, resource_policies
from cicdgen.iam.statement import Document

_NOTHING: Mapping[Text, Document] = MappingProxyType({})

_EXPANDED = frozenset({"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23"})
"""Macros that add no policy: what the first does, the resolver does itself."""


_SERVERLESS = "AWS::Serverless-2016-10-31"


def collect(stack: Stack, documents: Mapping[Text, Document] = _NOTHING) -> Policies:
    """Every policy of a stack.

    Args:
        stack: The stack.
        documents: What managed policies say that are not in the template, by ARN: a company's
            permissions boundary, for example.
    """
    identities = Identities(stack, documents)
    identity, boundaries = tuple(identities.policies()), tuple(identities.boundaries())
    hung = {id(each.document) for each in identity} | {id(each.document) for each in boundaries}
    macros = [name for name in stack.template.transforms if name not in _EXPANDED]
    return Policies(
        account=stack.pseudo_parameters["AWS::AccountId"],
        principals=identities.principals,
        identity=identity,
        boundaries=boundaries,
        lacking=tuple(_adding(stack, macros)),
        loose=tuple(each for each in identities.documents() if id(each) not in hung),
        resource=tuple(resource_policies(stack)),
        owned=tuple(owned_resources(stack)),
        assuming=tuple(f"the macro {name} adds no policy and changes none" for name in macros),
    )


def _adding(stack: Stack, macros: list[str]) -> Iterator[str]:
    """What may add policies to the resources of the template.

    SAM writes those of the resources that it makes, and a connector those of any two. Source:
    serverless-application-model/managing-permissions-connectors.
    """
    for name in macros:
        if name != _SERVERLESS:
            yield f"the macro {name} may add policies"
    for logical_id, resource in stack.template.resources.items():
        if resource["Type"] == "AWS::Serverless::Connector" or "Connectors" in resource:
            yield f"SAM writes policies for the connector {logical_id}"
