"""The hops of a template are derived from what it contains, whoever wrote it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from tests.proof.hops.foreign import as_cdk_does
from tests.proof.proving import foreign, ours, proved, told

from cicdgen.cloudformation import Account, Shape, Template, Text
from cicdgen.proof.hops import cuts
from cicdgen.proof.proof import prove

Json = Any


def test_a_template_without_such_resources_has_no_hops() -> None:
    """Nothing is derived from nothing, and nothing is in doubt."""
    body = {"Resources": {"Wait": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}

    proof = proved(body)

    assert ((), (), ()) == (proof.judged, proof.doubts, proof.weighed.statements)
    assert proof.holds


def test_our_template_has_hops_of_every_service() -> None:
    """Each of the services that take part calls somebody."""
    services = {each.hop.service for each in proved(ours()).proven}

    assert services == {
        "cloudwatch",
        "codebuild",
        "codedeploy",
        "codepipeline",
        "events",
        "lambda",
        "logs",
        "person",
        "s3",
    }


def test_every_hop_has_a_source_and_a_reason() -> None:
    """A hop names an AWS page as guide/page, and what breaks."""
    hops = [each.hop for each in proved(ours()).judged]

    assert [] == [hop.id for hop in hops if "/" not in hop.source or not hop.why.endswith(".")]
    assert [] == [hop.id for hop in hops if hop.path[0] != "Resources"]


def test_a_template_written_by_hand_is_proved() -> None:
    """Inline policies, ARNs by Sub, Lambda's own deploy action, a buildspec that copies to S3."""
    proof = proved(foreign("by_hand"))

    assert proof.holds
    assert [] == told(proof)
    assert {"codepipeline.deploy-function", "codebuild.call-put-object"} <= {
        each.hop.id for each in proof.proven
    }


@pytest.mark.parametrize(
    "sid,action,hop",
    [
        ("Deploy", "lambda:UpdateAlias", "codepipeline.deploy-function"),
        ("Objects", "s3:PutObject", "codepipeline.write-artifact"),
        ("Look", "s3:GetBucketVersioning", "codepipeline.look-at-source"),
    ],
)
def test_what_a_template_by_hand_lacks_is_found(sid: str, action: str, hop: str) -> None:
    """A dropped action of somebody else's template is missed as one of ours is."""
    body = deepcopy(foreign("by_hand"))
    policy = body["Resources"]["PipelineRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    next(s for s in policy["Statement"] if s["Sid"] == sid)["Action"].remove(action)

    refused = proved(body).refused

    assert {hop} == {each.hop.id for each in refused}
    assert all(action in each.because[0] for each in refused)


def test_a_template_as_cdk_writes_it_is_allowed_all_it_does() -> None:
    """A role for each action, wildcards and one key: nothing fails, what is too much is told."""
    proof = proved(as_cdk_does.BODY)
    excess = {(each.statement, each.value) for each in proof.weighed.excess}

    assert ((), ()) == (proof.refused, proof.open)
    assert 1 == len([e for e in proof.proven if e.hop.id == "codepipeline.use-connection"])
    assert 2 == len([e for e in proof.proven if e.hop.id == "codepipeline.assume-action-role"])
    assert ("ProjectRoleDefaultPolicy statement 2", "s3:DeleteObject*") in excess


def test_an_action_role_that_the_pipeline_may_not_assume_is_found() -> None:
    """CDK's pipeline role has to be let into each action's role."""
    body = deepcopy(as_cdk_does.BODY)
    policy = body["Resources"]["PipelineRoleDefaultPolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"][-1]["Resource"].pop()

    sentences = told(proved(body))

    missed = [s for s in sentences if s.startswith("codepipeline.assume-action-role")]
    assert 1 == len(missed)
    assert "PipelineRole may not sts:AssumeRole on BuildActionRole" in missed[0]


def test_a_template_as_sam_expands_it_is_allowed_all_it_does() -> None:
    """AWS managed policies, a queue that is polled and an alias that CloudFormation hands over."""
    proof = proved(foreign("as_sam_does"))

    assert [] == told(proof)
    assert () == proof.doubts
    assert {"lambda.poll", "lambda.call-put-item", "codedeploy.move-alias"} <= {
        each.hop.id for each in proof.proven
    }


def _with_provider(provider: str) -> Json:
    body = deepcopy(ours())
    stages = body["Resources"]["Pipeline"]["Properties"]["Stages"]
    stages[-1]["Actions"][0]["ActionTypeId"] |= {"Category": "Deploy", "Provider": provider}
    return body


def test_a_provider_that_is_not_modelled_is_a_doubt() -> None:
    """What a provider does that the catalogue has not got is not taken for nothing."""
    proof = proved(_with_provider("ElasticBeanstalk"))

    assert [
        "what the action Deploy does: Deploy/AWS/ElasticBeanstalk is not modelled",
        # Nothing hands the deployer a release any more.
        "on what the code of Deployer calls s3:GetObject: it is taken for what its role may",
    ] == [doubt.because for doubt in proof.doubts]
    assert {"PipelinePolicy statement InvokeDeployer"} <= set(proof.weighed.unjudged)
    assert not proof.holds


def test_a_macro_is_a_doubt() -> None:
    """What SAM makes of a function is not in the template yet."""
    body = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Api": {"Type": "AWS::Serverless::Function", "Properties": {}}},
    }

    assert ["what Api may do: a macro makes its role"] == [
        doubt.because for doubt in proved(body).doubts
    ]


@pytest.mark.parametrize(
    "call,action",
    [
        ("boto3.client('dynamodb').put_item(TableName=event['table'])", "dynamodb:PutItem"),
        ("boto3.client('s3').put_object(Bucket=event['bucket'], Key='k')", "s3:PutObject"),
    ],
)
def test_a_call_on_what_only_the_event_says_is_a_doubt(call: str, action: str) -> None:
    """That the role may do it on something does not prove that it may on this."""
    code = f"import boto3\ndef handler(event, context):\n    {call}\n"
    named = {"dynamodb:PutItem": "arn:aws:dynamodb:*:*:table/*", "s3:PutObject": "arn:aws:s3:::*/*"}
    allowed = {"Effect": "Allow", "Action": action, "Resource": named[action]}
    assumed = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = {
        "AssumeRolePolicyDocument": {"Statement": assumed},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": allowed}}],
    }
    function = {
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": code},
    }
    body = {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": role},
            "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        }
    }

    assert (f"on what the code of Function calls {action}: it is taken for what its role may") in [
        doubt.because for doubt in proved(body).doubts
    ]


@pytest.mark.parametrize(
    "name,told",
    [
        ("Code", "what the code of Deployer calls: it is not in the template"),
        ("Environment", "its variables are not known, in the code of Deployer"),
    ],
)
def test_code_or_variables_that_nobody_knows_are_a_doubt(name: str, told: str) -> None:
    """What code calls, and on what, its variables say: without them nothing is proved."""
    body = deepcopy(ours())
    given = {"Fn::ImportValue": "given"}
    body["Resources"]["Deployer"]["Properties"][name] = {
        "ZipFile" if name == "Code" else "Variables": given
    }

    assert told in [doubt.because for doubt in proved(body).doubts]


@pytest.mark.parametrize(
    "body,told",
    [
        (
            {"Transform": ["Ours"], "Resources": {}},
            "what the macro Ours makes of the template",
        ),
        (
            {"Resources": {"Fn::ForEach::Buckets": ["Name", ["a", "b"], {}]}},
            "which resources Fn::ForEach::Buckets makes: they are not written out",
        ),
        (
            {"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack"}}},
            "what is in Nested: its template is elsewhere",
        ),
        (
            {"Resources": {"Table": {"Type": "AWS::Serverless::SimpleTable"}}},
            "what becomes of Table: a macro makes resources of it",
        ),
        (
            {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {
                "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}
            }}}},
            "what Fn::Transform adds to B",
        ),
        (
            {"Transform": "AWS::LanguageExtensions", "Resources": {"B": {
                "Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Fn::ForEach::T": []}]}
            }}},
            "what Fn::ForEach::T adds to B",
        ),
    ],
    ids=["macro", "loop", "nested stack", "SAM", "include", "loop of properties"],
)  # fmt: skip
def test_what_a_template_does_not_show_is_a_doubt(body: Json, told: str) -> None:
    """Nothing is proved of what a macro, a loop or another template makes."""
    proof = proved(body)

    assert [told] == [doubt.because for doubt in proof.doubts]
    assert not proof.holds


@pytest.mark.parametrize("macro", ["AWS::Serverless-2016-10-31", "Ours"])
def test_what_a_macro_may_allow_is_not_refused(macro: str) -> None:
    """A connector writes the queue's policy, and a macro of one's own may write any."""
    body: Json = {
        "Transform": macro,
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Subscription": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "TopicArn": {"Ref": "Topic"},
                    "Protocol": "sqs",
                    "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]},
                },
            },
        },
    }

    assert (macro != "Ours") is bool(proved(body).refused)
    body["Resources"]["Topic"]["Connectors"] = {"ToQueue": {}}
    assert () == proved(body).refused
    assert proved(body).open


def test_a_key_without_tags_need_not_let_anybody_tag_it() -> None:
    """CloudFormation asks for it where a key has tags."""
    body = deepcopy(ours())
    key = body["Resources"]["S3Key"]["Properties"]
    (administers,) = [s for s in key["KeyPolicy"]["Statement"] if s["Sid"] == "Administer"]
    administers["Action"].remove("kms:TagResource")
    administers["Action"].remove("kms:UntagResource")

    assert not proved(body).holds
    del key["Tags"]
    assert proved(body).holds


def test_a_role_from_elsewhere_is_a_doubt() -> None:
    """What a role may do that is not in the template, nobody can tell from it."""
    body = deepcopy(ours())
    arn = "arn:aws:iam::111122223333:role/builder"
    body["Resources"]["BuildProject"]["Properties"]["ServiceRole"] = arn

    (doubt,) = proved(body).doubts

    assert f"what {arn} may do, the role of BuildProject: it is not in the template" == (
        doubt.because
    )
    assert ("Resources", "BuildProject", "Properties", "ServiceRole") == doubt.path


def test_a_buildspec_from_the_source_is_a_doubt() -> None:
    """Commands that are not in the template may call anything."""
    body = deepcopy(ours())
    body["Resources"]["TestProject"]["Properties"]["Source"]["BuildSpec"] = "test.yml"

    (doubt,) = proved(body).doubts

    assert doubt.because == ("what the commands of TestProject call: they are not in the template")


def test_logs_has_no_name_where_the_region_is_not_known() -> None:
    """Who CloudWatch Logs is depends on the region: that is said, and not guessed."""
    proof = prove(Template.read(ours()), Account(partition="aws"))

    assert {"who CloudWatch Logs is: the region is not known"} == {
        doubt.because for doubt in proof.doubts
    }


def test_what_is_decided_elsewhere_is_assumed_and_said() -> None:
    """A boundary and a log bucket of others are relied on, in so many words."""
    body = deepcopy(ours())
    boundary = "arn:aws:iam::111122223333:policy/boundary"
    body["Resources"]["BuildRole"]["Properties"]["PermissionsBoundary"] = boundary
    logging = body["Resources"]["SourceBucket"]["Properties"]["LoggingConfiguration"]
    logging["DestinationBucketName"] = "central-logs"

    proof = proved(body)

    assert [] == told(proof)
    assert {
        f"the permissions boundary {boundary}, which is not in the template, forbids none of it",
        "the bucket central-logs, which is not in the template, lets S3 deliver access logs",
    } <= set(proof.assumptions)


CUT = {
    "shop-prod-pipeline": "shop-prod-pipeline",
    "a-pipeline-with-a-long-name": "a-pipeline-with-a-lo",
}


@pytest.mark.parametrize("name", CUT)
def test_a_name_is_cut_as_codepipeline_cuts_it(name: str) -> None:
    """Twenty characters of the pipeline's name stay."""
    assert Text(CUT[name]) == cuts.cut(Text(name), 20)


def test_a_name_that_is_not_known_is_cut_to_what_is() -> None:
    """What stands before the first unknown part stays, if it is within the length."""
    name = Text("shop-") + Text.token("Env", Shape.GIVEN) + "-pipeline"

    cut = cuts.cut(name, 20)

    assert cut.code.startswith("shop-")
    assert None is cut.known
    assert None is cut.equals(Text("shop-prod-pipeline"))


def test_a_policy_with_the_whole_of_a_long_name_matches_no_artifact() -> None:
    """CodePipeline cuts the name: a prefix that is longer than that matches nothing."""
    body = deepcopy(foreign("by_hand"))
    body["Resources"]["Pipeline"]["Properties"]["Name"] = "a-pipeline-with-a-long-name"
    policy = body["Resources"]["BuildRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    artifacts = next(s for s in policy["Statement"] if s["Sid"] == "Artifacts")
    artifacts["Resource"] = {"Fn::Sub": "${Bucket.Arn}/a-pipeline-with-a-long-name/*"}

    refused = {each.hop.id for each in proved(body).refused}

    assert {"codebuild.read-artifact", "codebuild.write-artifact"} <= refused
