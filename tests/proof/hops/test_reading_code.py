"""Calls to AWS are read from code and commands; what cannot be followed is said."""

from __future__ import annotations

import pytest

from cicdgen.cloudformation import Text
from cicdgen.proof.hops.commands import read_script
from cicdgen.proof.hops.python_code import read_python

VARIABLES = {"FUNCTION": Text("shop"), "BUCKET": Text("store"), "SECRET": None}

Said = tuple[str, str, dict[str, str | None]]


def _python(text: str) -> tuple[list[Said], tuple[str, ...]]:
    code = read_python(f"import os, boto3\nfrom os import environ\n{text}", VARIABLES)
    return [_plain(said) for said in code.said], code.unclear


def _shell(text: str) -> tuple[list[Said], tuple[str, ...]]:
    script = read_script(text, VARIABLES)
    return [_plain(said) for said in script.said], script.unclear


def _plain(said: object) -> Said:
    arguments = said.arguments  # type: ignore[attr-defined]
    plain = {name: None if value is None else str(value) for name, value in arguments.items()}
    return (said.service, said.operation, plain)  # type: ignore[attr-defined]


INVOKES = [("lambda", "invoke", {"functionname": "shop"})]
CODE = {
    "a client in a name": "c = boto3.client('lambda')\nc.invoke(FunctionName=environ['FUNCTION'])",
    "a client without a name": "boto3.client('lambda').invoke(FunctionName=os.environ['FUNCTION'])",
    "a constant": "N = environ['FUNCTION']\nc = boto3.client('lambda')\nc.invoke(FunctionName=N)",
    "arguments kept together": (
        "IT = {'FunctionName': os.environ.get('FUNCTION')}\nc = boto3.client('lambda')\n"
        "def f():\n    c.invoke(**IT)"
    ),
    "clients made in a row": (
        "C, D = (boto3.client(name) for name in ('lambda', 's3'))\n"
        "N, = (environ[key] for key in ('FUNCTION',))\nC.invoke(FunctionName=N)"
    ),
    "a literal": "c = boto3.client('lambda')\nc.invoke(FunctionName='shop')",
}


@pytest.mark.parametrize("text", CODE.values(), ids=CODE)
def test_a_call_is_read_with_what_it_is_given(text: str) -> None:
    """Names, constants, environment variables and dictionaries are followed."""
    assert (INVOKES, ()) == _python(text)


def test_what_the_template_puts_into_code_is_read_as_that() -> None:
    """The ARN of a topic by Fn::Sub is that topic's; code cannot write such a mark itself."""
    account = Text.token("AWS::AccountId", because="the account")
    arn = f"arn:aws:sns:us-east-1:{account.code}:notices"
    (escape,) = account.code.encode("unicode_escape").decode().split()
    call = "import boto3\nboto3.client('sns').publish(TopicArn='{}')"

    (put_in,) = read_python(call.format(arn), {}).said
    (made,) = read_python(call.format(arn.replace(account.code, escape)), {}).said

    assert Text(arn) == put_in.arguments["topicarn"]
    assert Text(arn) != made.arguments["topicarn"]


def test_waiters_and_pages_call_an_operation() -> None:
    """A waiter asks, and a paginator asks more than once."""
    said, unclear = _python(
        "c = boto3.client('lambda')\nc.get_waiter('function_updated_v2').wait(FunctionName='f')\n"
        "d = boto3.client('codedeploy')\nd.get_paginator('list_deployments').paginate()"
    )

    assert [("lambda", "getfunction"), ("codedeploy", "listdeployments")] == [
        each[:2] for each in said
    ]
    assert () == unclear


UNCLEAR = {
    "a resource": "boto3.resource('s3').Bucket('b').objects.all()",
    "a service that is not known, at once": "boto3.client(environ['SECRET']).anything()",
    "a session": "s = boto3.Session()\ns.client('s3').list_buckets()",
    "a client that is handed on": "c = boto3.client('s3')\nhelp(c)",
    "a client that is kept in an object": "class A: pass\nA.c = boto3.client('s3')",
    "a service that is not known": "c = boto3.client(environ['SECRET'])\nc.anything()",
    "another name for boto3": "from boto3 import client\nclient('s3').list_buckets()",
    "a name for two clients": "c = boto3.client('s3')\nc = boto3.client('sns')\nc.publish()",
    "a waiter that is not known": "boto3.client('s3').get_waiter('thing_done').wait()",
    "no Python": "def (:",
}


@pytest.mark.parametrize("text", UNCLEAR.values(), ids=UNCLEAR)
def test_what_cannot_be_followed_is_unclear(text: str) -> None:
    """A client that goes where nothing follows it is told."""
    assert () != _python(text)[1]


def test_an_argument_that_is_bound_twice_is_not_known() -> None:
    """A name that stands for two things stands for neither."""
    said, _ = _python("n = 'a'\nn = 'b'\nboto3.client('sns').publish(TopicArn=n, Message='hello')")

    assert [("sns", "publish", {"topicarn": None, "message": "hello"})] == said


COMMANDS = {
    'aws s3api put-object --bucket "$BUCKET" --key "a/$X.zip" --body f': (
        "s3",
        "putobject",
        {"bucket": "store", "key": "a/${$X}.zip", "body": "f"},
    ),
    "aws --region us-east-1 lambda invoke --function-name ${FUNCTION} out.json": (
        "lambda",
        "invoke",
        {"functionname": "shop"},
    ),
    "v=$(aws sts get-caller-identity --query Account)": (
        "sts",
        "getcalleridentity",
        {"query": "Account"},
    ),
    "aws s3 cp x.zip s3://$BUCKET/a/x.zip": (
        "s3",
        "putobject",
        {"bucket": "store", "key": "a/x.zip"},
    ),
    "aws s3 cp s3://store/a/x.zip .": ("s3", "getobject", {"bucket": "store", "key": "a/x.zip"}),
    "aws deploy create-deployment \\\n  --application-name shop": (
        "codedeploy",
        "createdeployment",
        {"applicationname": "shop"},
    ),
    "aws lambda wait function-updated-v2 --function-name f": (
        "lambda",
        "getfunction",
        {"functionname": "f"},
    ),
}


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_is_read_with_what_it_is_given(text: str) -> None:
    """Variables of the project are filled in, lines are joined."""
    assert ([COMMANDS[text]], ()) == _shell(text)


@pytest.mark.parametrize(
    "text",
    [
        "sam deploy --guided",
        "npx cdk deploy",
        "terraform apply",
        "python -c 'import boto3'",
        "aws cloudformation deploy --template-file t.yml",
        "aws lambda wait something-new",
    ],
)
def test_a_program_that_calls_aws_by_itself_is_unclear(text: str) -> None:
    """What is known to call AWS, and not what, is told."""
    said, unclear = _shell(text)

    assert [] == said
    assert () != unclear


@pytest.mark.parametrize("text", ["# aws s3 ls", "laws s3 ls", "aws configure list", "pytest"])
def test_what_calls_nothing_says_nothing(text: str) -> None:
    """Comments, other programs and local commands are no calls."""
    assert ([], ()) == _shell(text)
