"""The names of resources: what a template gives them, and what CloudFormation makes up."""

import re
from collections.abc import Mapping

from cicdgen.cloudformation.return_values import RETURN_VALUES, ReturnValues
from cicdgen.cloudformation.text import Shape, Text
from cicdgen.cloudformation.values import Value

_BRACED = re.compile(r"\$\{([^}]*)\}")
_FUNCTION_NAME = re.compile(r"(?:\d{12}:)?function:(.*)", re.DOTALL)


class Naming:
    """The names and ARNs of one resource.

    Args:
        logical_id: The resource's logical id.
        values: The row of its type.
        properties: Its properties, resolved.
        pseudo: The pseudo parameters.
    """

    def __init__(
        self,
        logical_id: str,
        values: ReturnValues,
        properties: Mapping[str, Value],
        pseudo: Mapping[str, Text],
    ) -> None:
        self._id = logical_id
        self._values = values
        self._properties = properties
        self._pseudo = pseudo

    @property
    def name(self) -> Text:
        """Its physical name."""
        given = self._text(self._values.name) if self._values.name else None
        if given is not None:
            return given
        made = self._values.made
        return Text.token(self._id, made, because="its name is made up when it is created")

    def filled(self, template: str) -> Text:
        """A template of `return_values`, filled in."""
        parts, end = Text(""), 0
        for found in _BRACED.finditer(template):
            parts += Text(template[end : found.start()]) + self._word(found[1])
            end = found.end()
        return parts + template[end:]

    def _word(self, word: str) -> Text:
        if word in self._pseudo:
            return self._pseudo[word]
        match word:
            case "name":
                found: Text | None = self.name
            case "path":
                found = self._text("Path") or Text("/")
            case "bus":
                bus = self._text("EventBusName") or Text("default")
                last = _last(bus)
                found = Text("") if last.code == "default" else last + "/"
            case "function":
                found = self._function()
            case "host":
                found = Text(self.name.code.removeprefix("https://").removesuffix("/"))
            case "slashed":
                found = self.name if self.name.code.startswith("/") else Text("/") + self.name
            case "random":
                found = Text("-") + self._random("suffix")
            case "id":
                found = self._random("id")
            case _:
                found = self._text(word)
        return found or Text.token(f"{self._id}.{word}", Shape.ANY, because="it is not set")

    def _random(self, what: str) -> Text:
        return Text.token(f"{self._id} {what}", Shape.ID, because="AWS makes it up")

    def _text(self, name: str) -> Text | None:
        value = self._properties.get(name)
        return value if isinstance(value, Text) else None

    def _function(self) -> Text:
        """The ARN of the function that a version or alias is of: it may be given by name."""
        given = self._text("FunctionName")
        if given is None or (given.only is not None and not given.only.shape.is_one_piece):
            return Text.token(
                f"{self._id} function", Shape.ANY, because="its function is not known"
            )
        if given.code.startswith("arn:"):
            return given
        partial = _FUNCTION_NAME.fullmatch(given.code)
        plain = RETURN_VALUES["AWS::Lambda::Function"].arn
        name = Text(partial[1]) if partial else given
        return Naming(
            self._id, RETURN_VALUES["AWS::Lambda::Function"], {"FunctionName": name}, self._pseudo
        ).filled(plain)


def _last(bus: Text) -> Text:
    """A bus may be given by ARN."""
    return Text(bus.code.rpartition("/")[2])
