"""Builds: what a buildspec makes, installs and hands on, and what a project may."""

from __future__ import annotations

from cicdgen.rules.rule import Rule

RULES = (
    Rule(
        id="E9503",
        title="What a buildspec hands on, its commands make, with values that are set",
        why=(
            "A listed file that is never made ends every build at its last step. An AppSpec whose "
            "versions come from variables that nothing sets is made, and CodeDeploy refuses it. A "
            "runtime that the build image has not ends the build at its first step, and an image "
            "for another processor than the machine's ends it before."
        ),
        fix=(
            "Make each listed file in a command, set each variable before it is used, and ask for "
            "a runtime that the image has. Better: let a function deploy, and write no AppSpec."
        ),
        source="codebuild/build-spec-ref",
        checks=("appspec-versions", "buildspec-artifacts", "build-runtime", "build-image"),
        failures=(3,),
    ),
    Rule(
        id="W9510",
        title="A build installs the packages that were reviewed",
        why=(
            "Without hashes, a build takes whatever the index has under a name that day. The same "
            "source gives another release tomorrow, and a package that was taken over runs with "
            "the rights of the build."
        ),
        fix="Lock the requirements with hashes, and install with `pip install --require-hashes`.",
        source="https://pip.pypa.io/en/stable/topics/secure-installs/",
        checks=("buildspec-hashes",),
        failures=(10,),
    ),
    Rule(
        id="E9516",
        title="An AppSpec that commands write has no CloudFormation in it",
        why=(
            "Commands run in a shell, long after CloudFormation is done. `!Ref` in a heredoc "
            "stays the five characters it is, and CodeDeploy refuses the file."
        ),
        fix=(
            "Pass the values to the project as environment variables, and let the shell fill them "
            "in."
        ),
        source="codedeploy/reference-appspec-file-structure-resources",
        checks=("appspec-text",),
        failures=(16,),
    ),
    Rule(
        id="W9519",
        title="A command that fails stops the build",
        why=(
            "CodeBuild looks at the exit status of each entry under `commands`. Several lines in "
            "one entry are one script, and only its last line counts. And post_build also runs "
            "after a build phase that has failed. Either way a broken package is handed on."
        ),
        fix=(
            "Begin each script of several lines with `set -e`, and say `on-failure: ABORT` in the "
            "build phase."
        ),
        source="codebuild/build-spec-ref",
        checks=("buildspec-errors",),
        failures=(19,),
    ),
    Rule(
        id="E9525",
        title="A buildspec is YAML with commands that are strings",
        why=(
            "`- pip install --only-binary :all: -r x` has a colon and a space in it: YAML reads a "
            "mapping, and CodeBuild refuses the file when the first build starts."
        ),
        fix="Quote the command, or write it as a block: `- |` and the command on the next line.",
        source="codebuild/build-spec-ref",
        checks=("buildspec-commands",),
    ),
    Rule(
        id="W9561",
        title="A build does not run as root of its machine",
        why=(
            "Privileged mode is for building container images. Code from anywhere that a build "
            "runs, a dependency's setup script for one, can then leave its container."
        ),
        fix="Leave PrivilegedMode out, or set it to false.",
        source="codebuild/create-project",
        checks=("project-privileged",),
    ),
    Rule(
        id="W9562",
        title="No secret stands in the environment of a project or a function",
        why=(
            "Whoever may look at the project, the function, a build or this template reads it. "
            "It is told by the variable's name or by the form of its value, so this may be wrong."
        ),
        fix=(
            "Set the variable's Type to SECRETS_MANAGER, and its Value to the secret's name; let a "
            "function fetch the secret by its name."
        ),
        source="codebuild/build-spec-ref",
        checks=("project-secrets", "function-secrets"),
    ),
    Rule(
        id="E9571",
        title="The builds of a project are not public",
        why=(
            "With PUBLIC_READ anybody on the internet reads the logs and artifacts of every build, "
            "those of the past included."
        ),
        fix="Leave Visibility out.",
        source="codebuild/public-builds",
        checks=("project-public",),
    ),
    Rule(
        id="E9563",
        title="A build writes its log",
        why="Without a log nobody can say why a build failed, or what it did.",
        fix="Leave LogsConfig out, or set CloudWatchLogs.Status to ENABLED.",
        source="codebuild/change-project",
        checks=("project-logs",),
    ),
)
