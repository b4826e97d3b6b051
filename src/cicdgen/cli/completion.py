"""`cicdgen completion`: the script that teaches a shell our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from cicdgen.cli.example import example
from cicdgen.cli.streams import put


@click.command("completion", epilog=example('eval "$(cicdgen completion bash)"'))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, *, shell: str) -> None:
    """Print the shell's completion script."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}", ctx)
    root = ctx.find_root()
    put(kind(root.command, {}, "cicdgen", "_CICDGEN_COMPLETE").source() + "\n")
