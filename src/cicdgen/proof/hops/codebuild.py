"""CodeBuild: what a project does as its role.

Sources: codebuild/setting-up-service-role, codebuild/test-permissions,
codebuild/build-env-ref-env-vars.
"""

from collections.abc import Iterator
from functools import lru_cache

from cicdgen.cloudformation import Fields, Items, Path, Resource, Shape, Text
from cicdgen.iam import Policies, RoleSession, Service
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Hop, Strength
from cicdgen.proof.hops import api, api_s3, trust
from cicdgen.proof.hops.api_s3 import Spot
from cicdgen.proof.hops.commands import Script, read_script
from cicdgen.proof.hops.encryption import bucket_named
from cicdgen.proof.hops.network import attach
from cicdgen.proof.hops.objects import read, write
from cicdgen.proof.hops.pipelines import Action, Pipeline, pipelines
from cicdgen.proof.hops.site import Site, at
from cicdgen.proof.hops.streams import write_log
from cicdgen.proof.parts.buildspec import Buildspec, buildspecs

PROJECT = "AWS::CodeBuild::Project"
_SERVICE = Service("codebuild.amazonaws.com")
_ROLE = "codebuild/setting-up-service-role"
_COVERAGE = frozenset({"CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"})


def hops(site: Site, policies: Policies) -> Iterator[Hop | Doubt]:
    """What every project does."""
    for project in site.every(PROJECT):
        given = project.properties.get("ServiceRole")
        path = at(project, "ServiceRole")
        role = site.role(given)
        if role is None:
            yield trust.stranger(project, path, given)
            continue
        source = {"aws:SourceArn": project.arn, "aws:SourceAccount": site.account}
        yield trust.assume(site, _SERVICE, role, project, path, source)
        yield from _log(site, project, role)
        yield from _artifacts(site, project, role)
        yield from _secrets(site, project, role)
        if "VpcConfig" in project.properties:
            yield from attach(site, "codebuild", role, project, at(project, "VpcConfig"))
        yield from _run(site, project, role, policies)


def _log(site: Site, project: Resource, role: RoleSession) -> Iterator[Hop]:
    config = project.properties.get("LogsConfig")
    logs = config.get("CloudWatchLogs") if isinstance(config, Fields) else None
    given = logs.get("GroupName") if isinstance(logs, Fields) else None
    if not (isinstance(logs, Fields) and logs.get("Status") == Text("DISABLED")):
        group = given if isinstance(given, Text) else Text("/aws/codebuild/") + project.name
        why = "CodeBuild fails the build."
        yield from write_log(site, "codebuild", role, group, project, at(project), why)
    stored = config.get("S3Logs") if isinstance(config, Fields) else None
    if isinstance(stored, Fields) and stored.get("Status") == Text("ENABLED"):
        yield from _place(site, project, role, stored.get("Location"), "write-s3-log", "PutObject")


def _artifacts(site: Site, project: Resource, role: RoleSession) -> Iterator[Hop | Doubt]:
    for pipeline in pipelines(site):
        for action in pipeline.actions:
            if action.kind.endswith("/AWS/CodeBuild"):
                found = site.find(action.setting("ProjectName"), PROJECT)
                if found is project:
                    yield from _in_pipeline(site, project, role, pipeline, action)
    source, artifacts = (project.properties.get(name) for name in ("Source", "Artifacts"))
    if isinstance(source, Fields) and source.get("Type") == Text("S3"):
        yield from _place(site, project, role, source.get("Location"), "read-source", "GetObject")
    if isinstance(artifacts, Fields) and artifacts.get("Type") == Text("S3"):
        where = artifacts.get("Location")
        inside = Text.token("an artifact", Shape.ANY, because="it is named when it is built")
        full = where + "/" + inside if isinstance(where, Text) else where
        yield from _place(site, project, role, full, "write-artifact", "PutObject")
    cache = project.properties.get("Cache")
    if isinstance(cache, Fields) and cache.get("Type") == Text("S3"):
        where = cache.get("Location")
        inside = Text.token("a cache", Shape.ANY, because="CodeBuild names it")
        full = where + "/" + inside if isinstance(where, Text) else where
        for verb in ("GetObject", "PutObject"):
            yield from _place(site, project, role, full, "use-cache", verb)


def _in_pipeline(
    site: Site, project: Resource, role: RoleSession, pipeline: Pipeline, action: Action
) -> Iterator[Hop]:
    store = action.store
    if store is None:
        return

    def hop(
        name: str, calls: tuple[Call, ...], why: str, strength: Strength = Strength.DOCUMENTED
    ) -> Hop:
        return Hop(
            id=f"codebuild.{name}",
            of=project.logical_id,
            path=action.path,
            who=site.who(role),
            calls=calls,
            why=why,
            source=_ROLE,
            strength=strength,
        )

    for bucket_action in ("s3:GetBucketAcl", "s3:GetBucketLocation"):
        call = site.call(role, bucket_action, store.bucket.arn)
        why = "CodeBuild may look at the bucket before it fetches."
        yield hop("look-at-store", (call,), why, Strength.SAFE_SIDE)
    for artifact in action.inputs:
        key = pipeline.key_of(artifact)
        calls = read(site, role, store.bucket, key, under=store.key)
        yield hop("read-artifact", calls, f"There is no {artifact} to work on.")
        for either in ("s3:GetObject", "s3:GetObjectVersion"):
            call = site.call(role, either, site.object_arn(store.bucket.arn, key))
            yield hop("read-artifact", (call,), "AWS lists it.", Strength.SAFE_SIDE)
    for artifact in action.outputs:
        key = pipeline.key_of(artifact)
        calls = write(site, role, store.bucket, key, under=store.key, headers=store.headers)
        yield hop("write-artifact", calls, f"The next stages never get {artifact}.")


def _place(
    site: Site, project: Resource, role: RoleSession, where: object, name: str, action: str
) -> Iterator[Hop]:
    """An object that is given as `bucket/key`."""
    if not isinstance(where, Text):
        return
    front, _, key = where.code.removeprefix("arn:aws:s3:::").partition("/")
    bucket = bucket_named(site, Text(front))
    if bucket is None:
        return
    inside = Text(key) if key else Text.token("some object", Shape.ANY, because="it is not said")
    move = read if action == "GetObject" else write
    yield Hop(
        id=f"codebuild.{name}",
        of=project.logical_id,
        path=at(project),
        who=site.who(role),
        calls=move(site, role, bucket, inside),
        why=f"{project.logical_id} fails.",
        source=_ROLE,
    )


_FETCHED = {
    "PARAMETER_STORE": ("ssm:GetParameters", "ssm"),
    "SECRETS_MANAGER": ("secretsmanager:GetSecretValue", "secretsmanager"),
}


def _secrets(site: Site, project: Resource, role: RoleSession) -> Iterator[Hop]:
    """Variables that CodeBuild fetches before a build."""
    for path, variable in _variables(project):
        kind, value = variable.get("Type"), variable.get("Value")
        if not isinstance(kind, Text) or kind.code not in _FETCHED or not isinstance(value, Text):
            continue
        action, service = _FETCHED[kind.code]
        found = site.find(value, "AWS::SSM::Parameter", "AWS::SecretsManager::Secret")
        if found is not None:
            arn = found.arn
        elif value.code.startswith("arn:"):
            arn = Text(":".join(value.code.split(":")[:7]))
        elif service == "ssm":
            arn = site.arn("ssm", Text("parameter/") + value.code.lstrip("/"))
        else:
            end = Text.token("a secret's ending", Shape.ID, because="AWS makes it up")
            arn = site.arn(service, Text("secret:") + value.code.partition(":")[0] + "-" + end)
        yield Hop(
            id="codebuild.fetch-variable",
            of=project.logical_id,
            path=path,
            who=site.who(role),
            calls=(site.call(role, action, arn),),
            why="The build fails before it starts.",
            source="codebuild/build-env-ref-env-vars",
        )


def _run(
    site: Site, project: Resource, role: RoleSession, policies: Policies
) -> Iterator[Hop | Doubt]:
    """What the commands call, and the reports that they leave."""
    path = at(project, "Source", "BuildSpec")
    spec = _specs(site).get(project.logical_id)
    if spec is None or spec.body is None:
        because = f"what the commands of {project.logical_id} call: they are not in the template"
        yield Doubt(check="hops", path=path, because=because)
        return
    script = _scripts(site)[project.logical_id]
    caller = api.Caller(
        site=site,
        role=role,
        policies=policies,
        service="codebuild",
        of=project,
        path=path,
        said=script.said,
    )
    for because in script.unclear:
        yield caller.doubt(f"{because}, in a command of {project.logical_id}")
    for said in script.said:
        if api.is_free(said):
            continue
        if said.service == "s3":
            yield from api_s3.hops_of(caller, said, ())
        else:
            yield from api.hops_of(caller, said)
    yield from _reports(site, project, role, spec)


def report_groups(site: Site) -> Iterator[Text]:
    """The report groups that builds make: nobody but the template's own roles has a policy there.

    CodeBuild makes them in the account of the project, without a policy of their own
    (codebuild/test-report-group-naming).
    """
    for spec in _specs(site).values():
        for name in spec.section("reports"):
            if not str(name).startswith("arn:"):
                yield _report_group(site, spec.project, str(name))


def _report_group(site: Site, project: Resource, name: str) -> Text:
    return site.arn("codebuild", Text("report-group/") + project.name + f"-{name}")


def _reports(site: Site, project: Resource, role: RoleSession, spec: Buildspec) -> Iterator[Hop]:
    for name, report in spec.section("reports").items():
        given = str(name).startswith("arn:")
        arn = Text(str(name)) if given else _report_group(site, project, str(name))
        form = report.get("file-format", "") if isinstance(report, dict) else ""
        puts = "BatchPutCodeCoverages" if form in _COVERAGE else "BatchPutTestCases"
        made = () if given else ("CreateReportGroup",)
        yield Hop(
            id="codebuild.publish-report",
            of=project.logical_id,
            path=spec.path,
            who=site.who(role),
            calls=tuple(
                site.call(role, f"codebuild:{action}", arn)
                for action in (*made, "CreateReport", "UpdateReport", puts)
            ),
            why=f"The report {name} is lost.",
            source="codebuild/test-permissions",
        )


def stored(site: Site) -> Iterator[Spot]:
    """What builds put into buckets themselves, beside their artifacts."""
    for script in _scripts(site).values():
        for said in script.said:
            if (said.service, said.operation) == ("s3", "putobject"):
                bucket, key = bucket_named(site, said.given("bucket")), said.given("key")
                if bucket is not None and key is not None:
                    yield Spot(bucket=bucket, key=key)


@lru_cache(maxsize=8)
def _specs(site: Site) -> dict[str, Buildspec]:
    return {spec.project.logical_id: spec for spec in buildspecs(site.stack)}


@lru_cache(maxsize=8)
def _scripts(site: Site) -> dict[str, Script]:
    return {logical_id: _script(spec) for logical_id, spec in _specs(site).items()}


def _script(spec: Buildspec) -> Script:
    variables: dict[str, Text | None] = {}
    for _, variable in _variables(spec.project):
        name, value = variable.get("Name"), variable.get("Value")
        plain = variable.get("Type") in (None, Text("PLAINTEXT"))
        if isinstance(name, Text):
            variables[name.code] = value if isinstance(value, Text) and plain else None
    for key, given in spec.section("env", "variables").items():
        variables[str(key)] = Text(str(given))
    return read_script(spec.script, variables)


def _variables(project: Resource) -> Iterator[tuple[Path, Fields]]:
    environment = project.properties.get("Environment")
    given = environment.get("EnvironmentVariables") if isinstance(environment, Fields) else None
    for path, each in given.located() if isinstance(given, Items) else ():
        if isinstance(each, Fields):
            yield path, each
