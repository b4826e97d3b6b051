"""How a rule looks: for the terminal, and for its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicdgen.rules.rule import Rule

_WIDTH = 80


def text(rule: Rule) -> str:
    """Why, how to fix it, a template that trips it and the same put right."""
    from textwrap import fill, indent  # noqa: PLC0415 - a page needs neither

    parts = [
        f"{rule.id}: {rule.title}",
        fill(rule.why, _WIDTH),
        f"To fix it:\n{fill(rule.fix, _WIDTH)}",
    ]
    if rule.has_examples:
        parts += [f"Before:\n{indent(rule.before, '  ')}", f"After:\n{indent(rule.after, '  ')}"]
    parts.append(f"Source: {rule.page}")
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def markdown(rule: Rule) -> str:
    """Its page."""
    parts = [f"# {rule.id}: {rule.title}", rule.why, f"## Fix\n\n{rule.fix}"]
    if rule.has_examples:
        parts += [
            f"## Before\n\n```yaml\n{rule.before}```",
            f"## After\n\n```yaml\n{rule.after}```",
        ]
    if rule.also:
        parts.append(f"What is wrong before is also told by {', '.join(map(_link, rule.also))}.")
    if rule.checks:
        checks = ", ".join(f"`{check}`" for check in rule.checks)
        parts.append(
            f"Where the template alone does not decide it, `{rule.doubt}` says what is not known."
            f"\n\nChecks: {checks}."
        )
    if rule.failures:
        parts.append(f"Of the [twenty failures](README.md): {', '.join(map(str, rule.failures))}.")
    parts.append(f"Source: <{rule.page}>")
    return "\n\n".join(parts) + "\n"


def _link(name: str) -> str:
    return f"[{name}]({name}.md)"
