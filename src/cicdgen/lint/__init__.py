"""The only door to cfn-lint: a template's text in, findings out."""

from cicdgen.lint.linter import DEFAULT_REGION, Linter, read_file

__all__ = ["DEFAULT_REGION", "Linter", "read_file"]
