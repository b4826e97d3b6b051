"""Write the pages of this folder that are made from the code: `make docs`.

A test compares each with what this makes, so that none of them can fall behind.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from docs import create_only

from cicdgen.blueprint import Blueprint
from cicdgen.cli import cicdgen as root
from cicdgen.config import load, shown
from cicdgen.deploying.states import ABSENT, SITUATIONS, STATES
from cicdgen.errors import Exit
from cicdgen.explanation import explain
from cicdgen.rehearsal.conformance import ASSUMED, CONFORMANCE
from cicdgen.reports import permissions
from cicdgen.reports import rule as rule_report
from cicdgen.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicdgen.rehearsal.record import Behaviour
    from cicdgen.rules.rule import Rule

DOCS = Path(__file__).parent
SAMPLE = DOCS.parent / "cicdgen.toml"
MADE = "<!-- Made by `make docs`; change the code instead. -->\n\n"


def exit_codes() -> str:
    """The table of exit codes."""
    rows = "\n".join(f"| {code.value} | {code.meaning} |" for code in Exit)
    return (
        f"{MADE}# Exit codes\n\nAn API: scripts may rely on them.\n\n"
        f"| code | meaning |\n| --- | --- |\n{rows}\n\n"
        "`check --format sarif` exits with 0 on findings: whoever reads the file decides.\n"
    )


def commands() -> str:
    """The help of every command, as the terminal shows it."""
    sections = "\n".join(
        f"## `{name}`\n\n```text\n{text}\n```\n" for name, text in _helps(root, "cicdgen", None)
    )
    return f"{MADE}# Commands\n\n{sections}"


def _helps(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[str, str]]:
    last = name.rsplit(" ", 1)[-1]
    context = click.Context(command, info_name=last, parent=parent, **command.context_settings)
    with context:
        yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _helps(found, f"{name} {inner}", context)


def states() -> str:
    """The table of a stack's states, which `deploy` reads as well."""
    rows = "\n".join(
        f"| `{state.status}` | {state.means} | {state.step.value} | {state.then('--env dev')} |"
        for state in (ABSENT, *STATES.values())
    )
    situations = "\n".join(f"| {each.what} | {each.then} |" for each in SITUATIONS)
    return (
        f"{MADE}# The states of a stack\n\n"
        "What `cicdgen deploy` does with a stack in each of CloudFormation's states, and what to "
        "do next. The\ncode reads this table; [deploy.md](deploy.md) has the rest.\n\n"
        "| state | what has happened | `deploy` | next |\n| --- | --- | --- | --- |\n"
        f"{rows}\n\n"
        "## What can happen to a run\n\n"
        "| what | then |\n| --- | --- |\n"
        f"{situations}\n"
    )


def config() -> str:
    """Every key of the config: default, what it takes, what it is for."""
    definitions = json.loads(shown.json_schema())["$defs"]
    rows = "\n".join(_rows(definitions, "Settings", ""))
    return (
        f"{MADE}# Config\n\n"
        "`cicdgen.toml` has `version = 1`, a table `[defaults]`, and a table `[env.NAME]` for\n"
        "each environment, which inherits from the defaults key by key: tables merge, lists\n"
        "replace. "
        "Both take the keys below. `cicdgen config show --origin` prints what an environment\n"
        "comes to; [cicdgen.schema.json](cicdgen.schema.json) is for editors.\n\n"
        "| key | default | takes | |\n| --- | --- | --- | --- |\n"
        f"{rows}\n"
    )


def _rows(definitions: dict[str, Any], table: str, above: str) -> Iterator[str]:
    for name, field in definitions[table]["properties"].items():
        kind = _kind(field)
        if "$ref" in kind:
            yield from _rows(definitions, kind["$ref"].rpartition("/")[2], f"{above}{name}.")
            continue
        required = name == "project" or name in definitions[table].get("required", ())
        default = "required" if required else _default(field)
        about = kind.get("description", field.get("description", ""))
        yield f"| `{above}{name}` | {default} | {_takes(kind)} | {about} |"


def _kind(field: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is not null."""
    for option in field.get("anyOf", ()):
        if option.get("type") != "null":
            found: dict[str, Any] = option
            return found
    return field


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    if value is None:
        return ""
    if value in ({}, []):
        return "none"
    return f"`{json.dumps(value)}`"


def _takes(kind: dict[str, Any]) -> str:
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    parts = [kind.get("type", "")]
    if "minimum" in kind or "exclusiveMinimum" in kind:
        least = kind.get("minimum", f"over {kind.get('exclusiveMinimum')}")
        parts.append(f"{least} to {kind['maximum']}" if "maximum" in kind else f"from {least}")
    if "pattern" in kind:
        pattern = kind["pattern"].replace("|", "\\|")
        parts.append(f"`{pattern}`")
    return ", ".join(part for part in parts if part)


def permissions_page() -> str:
    """Who may do what in the sample's production."""
    blueprint = Blueprint.define(load.resolve(load.read(SAMPLE), "prod").config)
    return MADE + permissions.markdown(list(explain(blueprint)), "prod")


FAILURES = tomllib.loads((DOCS / "failures.toml").read_text(encoding="utf-8"))["failure"]


def rules() -> str:
    """The index of the rules, and what else sees the twenty failures."""
    rows = "\n".join(
        f"| [{rule.id}]({rule.id}.md) | {rule.title} | {', '.join(map(str, rule.failures))} |"
        for rule in RULES
    )
    seen = "\n".join(
        f"| {failure['number']} | {failure['title']} | {_rules_for(failure['number'])} | "
        f"{_seen(failure['cfn_lint'])} | {_seen(failure['checkov'])} |"
        for failure in FAILURES
    )
    return (
        f"{MADE}# Rules\n\n"
        "`cicdgen check` runs them together with cfn-lint's own, and so does plain cfn-lint:\n\n"
        "```sh\ncfn-lint --append-rules cicdgen.rules -- template.yaml\n```\n\n"
        "An `E` is wrong, a `W` is weak. Each has an `I` of the same number, which says what the\n"
        "template alone does not decide. `cicdgen explain E9512` prints a page.\n\n"
        "## The twenty failures\n\n"
        "What a first attempt at this pipeline got wrong, the rules that are meant for it, and "
        "what two scanners\nfind in the same bad example and not in the good one (measured, "
        "`make scan`). A scanner looks at one\nproperty at a time, so it sees what is missing, "
        "and not what does not fit together.\n\n"
        "| | failure | rules | cfn-lint | checkov |\n| --- | --- | --- | --- | --- |\n"
        f"{seen}\n\n"
        "## All rules\n\n| rule | a good template | failures |\n| --- | --- | --- |\n"
        f"{rows}\n"
    )


def _rules_for(number: int) -> str:
    found = [rule.id for rule in RULES if number in rule.failures]
    # The one that is meant for it comes first.
    found.sort(key=lambda name: not name.endswith(f"{number:02}"))
    return ", ".join(f"[{name}]({name}.md)" for name in found)


def _seen(by: list[str]) -> str:
    return ", ".join(by) if by else "no"


def _rule_page(rule: Rule) -> Callable[[], str]:
    return lambda: MADE + rule_report.markdown(rule)


def conformance() -> str:
    """What of AWS the rehearsal behaves like, and what not."""

    def table(rows: list[Behaviour]) -> str:
        return "\n".join(f"| {row.service} | {row.what} | {row.source} |" for row in rows)

    modelled = table([row for row in CONFORMANCE if row.is_modelled])
    others = "\n".join(
        f"| {row.service} | {row.what} |" for row in CONFORMANCE if not row.is_modelled
    )
    assumed = "\n".join(f"- {each}" for each in ASSUMED)
    return (
        f"{MADE}# What the rehearsal models\n\n"
        "Each behaviour rests on a page of AWS (guide/page). What is not modelled is an error if a"
        "\ntemplate asks for it, or has no effect on what a rehearsal says.\n\n"
        f"| service | behaviour | source |\n| --- | --- | --- |\n{modelled}\n\n"
        f"## Not modelled\n\n| service | |\n| --- | --- |\n{others}\n\n"
        f"## Assumed\n\n{assumed}\n"
    )


PAGES = {
    "commands.md": commands,
    "config.md": config,
    "exit-codes.md": exit_codes,
    "conformance.md": conformance,
    "permissions.md": permissions_page,
    "states.md": states,
    "cicdgen.schema.json": shown.json_schema,
    "rules/README.md": rules,
    "../src/cicdgen/diff/create_only.json": create_only.table,
    **{f"rules/{rule.id}.md": _rule_page(rule) for rule in RULES},
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
