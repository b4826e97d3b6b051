"""Permissions: all that is needed is granted, and nothing else."""

from __future__ import annotations

from cicdgen.rules.rule import Rule

RULES = (
    Rule(
        id="E9502",
        title="A role is allowed actions by name, on resources by name",
        why=(
            "`s3:*` includes what AWS adds next year, and `*` is every resource of the account: "
            "whoever gets into the build has them too. Actions that AWS lets nobody restrict are "
            "no flaw on `*`."
        ),
        fix="List the actions that the role calls, and the ARNs that it calls them on.",
        source="IAM/best-practices",
        checks=("role-actions", "role-resources"),
        failures=(2,),
    ),
    Rule(
        id="E9504",
        title="Whoever reads or writes what is encrypted may use the key",
        why=(
            "Reading an object under a key takes two permissions, and the key's own policy has the "
            "last word: a statement for the account hands on to IAM exactly the actions that it "
            "lists. Where Decrypt is not among them, a role's own policy that allows it counts for "
            "nothing, and every run fails at its first artifact."
        ),
        fix=(
            "Allow the role kms:Decrypt and kms:GenerateDataKey on the key, and let the key policy "
            "allow the same to the role, or hand those actions on to the account."
        ),
        source="kms/key-policies",
        checks=("key-usable", "key-refused"),
        failures=(4, 1),
    ),
    Rule(
        id="E9507",
        title="The ARNs in policies have the parts that their service's ARNs have",
        why=(
            "A policy is text. An ARN without the account or region that its service's ARNs have "
            "is valid, matches nothing, and reads as if it allowed something."
        ),
        fix=(
            "Take the resource's own ARN by GetAtt, or spell it with ${AWS::Partition}, "
            "${AWS::Region} and ${AWS::AccountId} in Fn::Sub."
        ),
        source="IAM/reference-arns",
        checks=("arn-shape",),
        failures=(7,),
    ),
    Rule(
        id="E9520",
        title="No resource waits for itself by way of others",
        why=(
            "CloudFormation creates a resource after those it refers to. Round in a circle there "
            "is no first one, and the stack is refused: a role whose policy names the bucket "
            "whose policy names the role."
        ),
        fix=(
            "Give the role its trust alone, and put what it may do into an AWS::IAM::Policy of its "
            "own, after everything that it names."
        ),
        source="AWSCloudFormation/troubleshooting",
        checks=("circular",),
        failures=(20,),
    ),
    Rule(
        id="E9565",
        title="A role that may be passed on is passed to the service that it is for",
        why=(
            "Whoever may pass a role to a service that runs code has that role's rights: on `*`, "
            "those of every role in the account."
        ),
        fix="Name the role in Resource, and the service in a condition on iam:PassedToService.",
        source="IAM/id_roles_use_passrole",
        checks=("pass-role",),
    ),
    Rule(
        id="E9566",
        title="A service assumes a role for what is yours, and nobody else can",
        why=(
            "Services act for many accounts. Without a condition on whose project, group or rule "
            "it is, one of another account can make the service use your role: the confused "
            "deputy."
        ),
        fix="Ask for aws:SourceAccount, and for aws:SourceArn where the service sends it.",
        source="IAM/confused-deputy",
        checks=("role-trust",),
    ),
    Rule(
        id="E9590",
        title="Each call that the template's parts make at run time is allowed, end to end",
        why=(
            "A pipeline is a chain of calls between services, each decided by two or three "
            "policies. One that is refused stops the chain, mostly at the first run, and with an "
            "error that names neither policy."
        ),
        fix=(
            "The message says who calls what, which side does not allow it, and which statement "
            "came closest. `cicdgen prove` shows the whole chain."
        ),
        source="IAM/reference_policies_evaluation-logic",
        checks=("hop-refused",),
        also=("W9591",),
    ),
    Rule(
        id="W9591",
        title="Nothing is granted that no call needs",
        why=(
            "What no call needs can go without anything breaking. As long as it is there, it is "
            "there for whoever gets into the build."
        ),
        fix="Remove it. `cicdgen prove` says which statements were judged, and which could not be.",
        source="IAM/best-practices",
        checks=("grant-excess",),
    ),
    Rule(
        id="E9592",
        title="Code that got into a build or a function cannot give itself any right",
        why=(
            "A build runs what the source and its packages bring: whoever gets a line in has "
            "the build's role, and every role, function and build that this one leads to."
        ),
        fix=(
            "Take the first step away: name what the role may do and on what, and let it write no "
            "policies. A tighter limit stands in the template's metadata, as "
            '`{"cicdgen": {"BlastRadius": {"Steps": 2, "Never": ["LogicalId"]}}}`; the config '
            "writes it there."
        ),
        source="IAM/best-practices",
        checks=("blast-radius",),
        failures=(2,),
        also=("W9591",),
    ),
    Rule(
        id="W9572",
        title="A template makes no access keys",
        why=(
            "They never expire. Whoever may read the stack's outputs, or what it hands to another "
            "resource, may have them."
        ),
        fix="Let whoever needs it assume a role.",
        source="IAM/best-practices",
        checks=("access-key",),
    ),
)
