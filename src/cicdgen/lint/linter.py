"""A template's text in, findings out.

cfn-lint is imported here, inside the functions: it costs twenty times what rendering costs.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from cicdgen.errors import UsageError
from cicdgen.findings import Finding, Level
from cicdgen.lint.quicker import quicken
from cicdgen.rules.ahead import Ahead
from cicdgen.rules.statements import statement_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cfnlint.match import Match
    from cfnlint.rules import Rules

DEFAULT_REGION = "us-east-1"
OURS = "cicdgen.rules"
MANDATORY = ("E95", "W95")
"""Our rules, which no template may switch off by its metadata: a waiver has a reason and an end."""
_LEVELS = {"error": Level.ERROR, "warning": Level.WARNING, "informational": Level.INFO}


class Linter:
    """cfn-lint with its rules and ours, loaded once: loading them for each template costs a third.

    The collector is off while they are loaded, and never looks at them again: a quarter of a run.
    """

    def __init__(self) -> None:
        self._loaded: Rules | None = None
        self._is_fresh = True

    def load(self) -> Rules:
        """The rules: loaded now, if they are not yet."""
        if self._loaded is None:
            enabled = gc.isenabled()
            gc.disable()
            try:
                self._loaded = _rules()
                gc.freeze()
            finally:
                if enabled:
                    gc.enable()
        return self._loaded

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

    def lint_file(self, path: Path, name: str, regions: Sequence[str]) -> list[Finding]:
        """Lint a file, JSON or YAML. A file that cannot be read or parsed is a finding (E0000)."""
        from cfnlint.decode import decode  # noqa: PLC0415 - see the module

        template, problems = decode(str(path))
        return self._findings(name, template, problems, regions)

    def _findings(
        self, name: str, template: object, problems: Sequence[Match] | None, regions: Sequence[str]
    ) -> list[Finding]:
        # A template's garbage is collected when the next one comes: the last one needs no broom.
        if not self._is_fresh:
            gc.collect()
        self._is_fresh = False
        matches = problems or self._run(name, template, regions)
        return sorted(_finding(name, match, template) for match in matches)

    def _run(self, name: str, template: object, regions: Sequence[str]) -> Iterator[Match]:
        from cfnlint.config import ConfigMixIn, ManualArgs  # noqa: PLC0415 - see the module
        from cfnlint.exceptions import InvalidRegionException  # noqa: PLC0415
        from cfnlint.runner import run_template_by_data  # noqa: PLC0415

        from cicdgen.rules.adapter import begun  # noqa: PLC0415

        asked = ManualArgs(
            regions=list(regions) or [DEFAULT_REGION],
            include_checks=["I"],
            mandatory_checks=list(MANDATORY),
        )
        # What is no object it reports itself.
        document = cast("dict[str, Any]", template)
        config = ConfigMixIn([], **asked)
        # Once the rules are loaded, another process has nothing to be ahead of.
        is_early = self._loaded is None and isinstance(template, dict)
        ahead = Ahead.of(document, config.regions[0]) if is_early else None
        try:
            with begun(template, ahead):
                yield from run_template_by_data(document, config, self.load())
        except InvalidRegionException as error:
            raise UsageError(
                f"{name}: cfn-lint knows no region {', '.join(regions)}",
                hint="correct `region` in the config, or update cfn-lint",
            ) from error


def read_file(path: Path) -> dict[str, Any] | None:
    """A template file's body, JSON or YAML; None if it is no template."""
    from cfnlint.decode import decode  # noqa: PLC0415 - see the module

    template, problems = decode(str(path))
    return template if isinstance(template, dict) and not problems else None


def _rules() -> Rules:
    """cfn-lint's rules, those that its own config file appends, and ours."""
    from cfnlint.config import ConfigMixIn  # noqa: PLC0415 - see the module
    from cfnlint.rules import Rules  # noqa: PLC0415

    quicken()
    rules = Rules()
    for place in dict.fromkeys([*ConfigMixIn([]).append_rules, OURS]):
        is_folder = Path(place).expanduser().is_dir()
        made = Rules.create_from_directory if is_folder else Rules.create_from_module
        rules.update(made(place))
    return rules


def _finding(name: str, match: Match, template: object) -> Finding:
    # A loader's strings carry their place, and cannot leave the process.
    path = tuple(
        str(step) if isinstance(step, str) else step for step in getattr(match, "path", None) or ()
    )
    return Finding(
        file=name,
        line=match.linenumber,
        column=match.columnnumber,
        rule=match.rule.id,
        level=_LEVELS[match.rule.severity],
        message=" ".join(match.message.split()),
        title=match.rule.shortdesc,
        path=path,
        docs=match.rule.source_url,
        statement=statement_hash(template, path),
    )
