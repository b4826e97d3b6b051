"""Repositories that a pipeline takes its source from: CodeCommit, and others by a connection.

| rests on | behaviour |
| --- | --- |
| codepipeline/action-reference-CodeCommit | the calls of the action; the artifact is a zip |
| codepipeline/action-reference-CodestarConnectionSource | the role uses the connection |
| codepipeline/action-reference-GitHub | the first version of the GitHub source asks AWS nothing |
| codepipeline/PollForSourceChanges-defaults | what polls unless it is told not to |
| codecommit/monitoring-events | what CodeCommit tells EventBridge of a push |

Assumed: a connection is there and works; who wrote a commit, and when, is made up. A clone in the
artifact's place (CODEBUILD_CLONE_REF) is not modelled.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof.hops.codepipeline_sources import use_connection
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.turn import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicdgen.proof.hops.pipelines import Action
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.turn import Turn

CODECOMMIT = "Source/AWS/CodeCommit"
CONNECTION = "Source/AWS/CodeStarSourceConnection"
GITHUB = "Source/ThirdParty/GitHub"

_ASKED = ("GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus")
_MADE_UP = {
    "AuthorDate": "1970-01-01T00:00:00Z",
    "CommitMessage": "A commit of the rehearsal",
}


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit, with the zip of what is in it."""

    id: str
    body: bytes


@dataclass(eq=False, kw_only=True)
class Repositories:
    """What was pushed to where source actions look, by the action's name."""

    run: Run
    _commits: dict[str, list[Commit]] = field(default_factory=dict)

    def push(self, action: Action, body: bytes) -> Commit:
        """Push a commit to the branch that an action looks at."""
        held = self._commits.setdefault(action.name, [])
        digest = hashlib.sha1(body, usedforsecurity=False)
        digest.update(str(len(held)).encode())
        held.append(Commit(id=digest.hexdigest(), body=body))
        return held[-1]

    def fetch(self, turn: Turn) -> Process:
        """Put a commit into the artifact store, as the action."""
        yield 3.0
        ask = _ASKING[turn.action.kind]
        variables = ask(self.run, turn)
        form = turn.settings.get("OutputArtifactFormat", "CODE_ZIP")
        if form != "CODE_ZIP":
            raise UnmodelledError(f"the OutputArtifactFormat {form} of {turn.action.name}")
        commit = self._commit(turn)
        for name in map(str, turn.action.outputs):
            turn.keep(turn.role, name, commit.body, "codepipeline/how-to-custom-role")
        turn.variables.update({**_MADE_UP, **variables, "CommitId": commit.id})

    def _commit(self, turn: Turn) -> Commit:
        held = self._commits.get(turn.action.name, [])
        wanted = turn.revisions.get(turn.action.name)
        if wanted is None and held:
            return held[-1]
        for commit in held:
            if commit.id == wanted:
                return commit
        raise FailedError(f"there is no commit {wanted or ''} for {turn.action.name}")


def _codecommit(run: Run, turn: Turn) -> Mapping[str, str]:
    name, branch = turn.setting("RepositoryName"), turn.setting("BranchName")
    on = run.site.arn("codecommit", run.names.read(name))
    for each in _ASKED:
        run.call(turn.role, f"codecommit:{each}", on, "codepipeline/action-reference-CodeCommit")
    when = _MADE_UP["AuthorDate"]
    return {"RepositoryName": name, "BranchName": branch, "CommitterDate": when}


def _connection(run: Run, turn: Turn) -> Mapping[str, str]:
    arn = turn.setting("ConnectionArn")
    repository, branch = turn.setting("FullRepositoryId"), turn.setting("BranchName")
    page = "codepipeline/action-reference-CodestarConnectionSource"
    run.ask(turn.role, [use_connection(run.site, turn.role, run.names.read(arn))], page)
    return {"FullRepositoryName": repository, "BranchName": branch, "ConnectionArn": arn}


def _github(_run: Run, turn: Turn) -> Mapping[str, str]:
    owner, name = turn.setting("Owner"), turn.setting("Repo")
    branch = turn.settings.get("Branch", "master")
    when = _MADE_UP["AuthorDate"]
    url = f"https://github.com/{owner}/{name}"
    return {
        "RepositoryName": name,
        "BranchName": branch,
        "CommitterDate": when,
        "CommitUrl": url,
    }


_ASKING: Mapping[str, Callable[[Run, Turn], Mapping[str, str]]] = {
    CODECOMMIT: _codecommit,
    CONNECTION: _connection,
    GITHUB: _github,
}
KINDS = frozenset(_ASKING)
"""Source actions that take a commit of a repository."""


def place_of(run: Run, action: Action) -> tuple[str, str]:
    """Repository and branch that an action looks at.

    Raises:
        UnmodelledError: the template does not tell.
    """
    names = {
        CODECOMMIT: ("RepositoryName", "BranchName"),
        CONNECTION: ("FullRepositoryId", "BranchName"),
        GITHUB: ("Repo", "Branch"),
    }[action.kind]
    repository, branch = map(action.setting, names)
    if not isinstance(repository, Text):
        raise UnmodelledError(f"which repository {action.name} reads")
    return run.names.of(repository), run.names.of(
        branch if isinstance(branch, Text) else Text("master")
    )
