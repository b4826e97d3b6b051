"""The names that CodePipeline gives to artifacts in the artifact store."""

from cicdgen.cloudformation import Shape, Text

_PIPELINE, _ARTIFACT = 20, 10
"""How many characters of a name stay. Source: lambda/services-codepipeline (`invokeOutp/`)."""


def artifact_key(pipeline: Text, artifact: Text) -> Text:
    """The key of some artifact: pipeline and artifact, both cut, and a random name."""
    file = Text.token("an artifact's file", Shape.ANY, because="CodePipeline makes it up")
    return Text.joined((cut(pipeline, _PIPELINE), cut(artifact, _ARTIFACT), file), "/")


def cut(name: Text, length: int) -> Text:
    """The first characters of a name; a token for those that nobody knows yet."""
    if not name.tokens:
        return Text(name.code[:length])
    known = next((i for i, mark in enumerate(name.code) if Text(mark).tokens), length)
    if known >= length:
        return Text(name.code[:length])
    rest = Text.token(f"the rest of {name}, cut", Shape.WORD, because="the name is cut")
    return Text(name.code[:known]) + rest
