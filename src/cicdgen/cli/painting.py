"""Colour for a diff on a terminal. It only says again what the symbols and the words say."""

from __future__ import annotations

import os
import re
import sys

import click

_SYMBOLS = {
    "+": "green",
    "-": "red",
    "~": "yellow",
    "-/+": "red",
    "-/+?": "yellow",
    "<-": "cyan",
    "!": "red",
}
_FIRST = re.compile(r"^( *)(-/\+\??|<-|[-+~!])(?= )")
# What follows two spaces at the end of a line: a danger of a resource, a property's consequence.
_END = re.compile(r"(?<=  )(! [a-z ,]+|# forces replacement|# may force replacement)$")
_SHOWN = re.compile(r"^ +newly allowed:")
_CLOSING = re.compile(r"^([a-z0-9-]+: )?(Plan|Destroy|No changes)\b.*")
_LEGEND = re.compile(r"(?:^|(?<=  ))(-/\+\??|<-|[-+~])(?= [a-z])")
_WORDS = "add|change|delete|import|replace(, perhaps)?"
_LEGEND_LINE = re.compile(rf"((-/\+\??|<-|[-+~]) ({_WORDS})(  |$))+")


def is_painted() -> bool:
    """Whether what goes to stdout gets colour: a terminal does, and `--color always`.

    FORCE_COLOR is for what is told on stderr: CI sets it, and a diff in a file is read by programs.
    """
    root = click.get_current_context().find_root()
    if root.params["color"] == "always":
        return True
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return on_terminal and root.color is not False and os.environ.get("TERM") != "dumb"


def painted(text: str) -> str:
    """The text of a diff in colour; it has no codes of its own, for a report lets none through."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    if _LEGEND_LINE.fullmatch(line):
        return _LEGEND.sub(lambda found: _symbol(found[1]), line)
    if _CLOSING.match(line):
        return click.style(line, bold=True)
    line = _END.sub(lambda found: _consequence(found[1]), line)
    line = _SHOWN.sub(lambda found: click.style(found[0], fg="red"), line)
    return _FIRST.sub(lambda found: found[1] + _symbol(found[2]), line)


def _symbol(symbol: str) -> str:
    return click.style(symbol, fg=_SYMBOLS[symbol], bold=True)


def _consequence(words: str) -> str:
    return click.style(words, fg="yellow" if words.startswith("# may") else "red", bold=True)
