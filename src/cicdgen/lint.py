"""The only door to cfn-lint: a template's text in, findings out.

cfn-lint is imported here, inside the functions: it costs twenty times what rendering costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from cicdgen.errors import UsageError
from cicdgen.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cfnlint.match import Match

DEFAULT_REGION = "us-east-1"
_LEVELS = {"error": Level.ERROR, "warning": Level.WARNING, "informational": Level.INFO}


class Linter:
    """cfn-lint with its rules loaded once: loading them again for each template costs a third."""

    def __init__(self) -> None:
        from cfnlint.config import ConfigMixIn  # noqa: PLC0415 - see the module
        from cfnlint.rules import Rules  # noqa: PLC0415

        self._rules = Rules()
        for folder in ConfigMixIn([]).append_rules:
            self._rules.update(Rules.create_from_directory(folder))

    def lint_text(self, text: str, name: str, regions: Sequence[str]) -> list[Finding]:
        """Lint a template's text.

        Args:
            text: JSON or YAML.
            name: what findings call it.
            regions: the regions whose resource types it has to fit; us-east-1 without any.
        """
        from cfnlint.decode import decode_str  # noqa: PLC0415 - see the module

        template, problems = decode_str(text)
        return self._findings(name, template, problems, regions)

    def lint_file(self, path: Path, regions: Sequence[str]) -> list[Finding]:
        """Lint a file, JSON or YAML. A file that cannot be read or parsed is a finding (E0000)."""
        from cfnlint.decode import decode  # noqa: PLC0415 - see the module

        template, problems = decode(str(path))
        return self._findings(str(path), template, problems, regions)

    def _findings(
        self, name: str, template: object, problems: Sequence[Match] | None, regions: Sequence[str]
    ) -> list[Finding]:
        return sorted(_finding(name, m) for m in problems or self._run(name, template, regions))

    def _run(self, name: str, template: object, regions: Sequence[str]) -> Iterator[Match]:
        from cfnlint.config import ConfigMixIn, ManualArgs  # noqa: PLC0415 - see the module
        from cfnlint.exceptions import InvalidRegionException  # noqa: PLC0415
        from cfnlint.runner import run_template_by_data  # noqa: PLC0415

        asked = ManualArgs(regions=list(regions) or [DEFAULT_REGION], include_checks=["I"])
        # What is no object it reports itself.
        document = cast("dict[str, Any]", template)
        try:
            yield from run_template_by_data(document, ConfigMixIn([], **asked), self._rules)
        except InvalidRegionException as error:
            raise UsageError(
                f"{name}: cfn-lint knows no region {', '.join(regions)}",
                hint="correct `region` in the config, or update cfn-lint",
            ) from error


def _finding(name: str, match: Match) -> Finding:
    return Finding(
        file=name,
        line=match.linenumber,
        column=match.columnnumber,
        rule=match.rule.id,
        level=_LEVELS[match.rule.severity],
        message=" ".join(match.message.split()),
        title=match.rule.shortdesc,
        path=tuple(getattr(match, "path", None) or ()),
        docs=match.rule.source_url,
    )
