"""Templates of others in the sandbox: it agrees with the model on what CodePipeline deploys."""

from __future__ import annotations

import pytest
from tests import sandboxes
from tests.rehearsal.staging import foreign, rehearsed, source, wrong

from cicdgen.rehearsal.stage import Options
from cicdgen.sandbox import environment

PACKAGE = source(lambda_function__py="def lambda_handler(event, context):\n    return 2\n")


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox is where the tests have it."""
    monkeypatch.setenv(environment.VARIABLE, str(sandboxes.installed()))


@pytest.mark.parametrize("scenario", ["good", "bad-canary"])
def test_model_and_sandbox_agree_on_what_codepipeline_deploys(scenario: str) -> None:
    """The package's digest, the version's number and the alias's weights are the same."""
    rehearsals = rehearsed(
        foreign("tutorial"), scenario, options=Options(in_sandbox=True), uploaded=PACKAGE
    )

    assert {} == wrong(rehearsals)


def test_a_difference_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where model and sandbox disagree about a package, nothing passes."""
    from cicdgen.rehearsal import sandboxed  # noqa: PLC0415 - it is what is changed

    def other(_: object, *_rest: object) -> str:
        return "another digest"

    monkeypatch.setattr(sandboxed.Sandboxed, "upload", other)
    (found,) = rehearsed(
        foreign("tutorial"), "good", options=Options(in_sandbox=True), uploaded=PACKAGE
    )

    assert not found.passed
    assert any("another digest to the sandbox" in cause for cause in found.causes)


def test_parameters_and_buckets_elsewhere_are_there_in_the_sandbox() -> None:
    """The template is deployed with the values that were given."""
    template = foreign("tutorial")
    resources = template["Resources"]
    del resources["Artifacts"]
    template["Parameters"] = {"Bucket": {"Type": "String"}}
    resources["MyPipeline"]["Properties"]["ArtifactStore"]["Location"] = {"Ref": "Bucket"}
    (policy,) = resources["PipelineRole"]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    statements[1]["Resource"].pop()
    statements[2].update(Action="s3:*", Resource="*")
    options = Options(in_sandbox=True, parameters={"Bucket": "some-bucket"})

    assert {} == wrong(rehearsed(template, "good", options=options, uploaded=PACKAGE))
