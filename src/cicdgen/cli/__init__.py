"""The only door to click and the terminal. One command a file; a command is a paragraph.

`--help` and `--version` import click and nothing else of weight: the list of commands is the table
below, and a command's module is imported when it is called. A test holds the table to the modules.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import NamedTuple

import click

from cicdgen import __version__
from cicdgen.cli.ending import end
from cicdgen.cli.example import example
from cicdgen.errors import Exit


class _Entry(NamedTuple):
    module: str
    help: str


COMMANDS = {
    "init": _Entry("init", "Write a config and a small function to start from."),
    "render": _Entry("render", "Print the CloudFormation template of an environment."),
    "check": _Entry("check", "Lint the template of an environment, or any template."),
    "prove": _Entry("prove", "Prove that the pipeline can do all it must, and no more."),
    "rehearse": _Entry("rehearse", "Run the template's own pipeline here, and say how it ends."),
    "explain": _Entry("explain", "Say who may do what, on what, and why."),
    "diff": _Entry("diff", "Say what a change does, to resources and to permissions."),
    "plan": _Entry("plan", "Propose a change set, and write down what it was."),
    "apply": _Entry("apply", "Execute the change set of a plan, and nothing else."),
    "deploy": _Entry("deploy", "Take an environment's template into its account."),
    "status": _Entry("status", "Say how a stack is, and what to do next."),
    "outputs": _Entry("outputs", "Print the outputs of a stack."),
    "publish": _Entry("publish", "Upload the source, and follow the pipeline's run."),
    "destroy": _Entry("destroy", "Delete a stack, once it is said what stays."),
    "permissions": _Entry("permissions", "Print the least policy that a command needs."),
    "sandbox": _Entry("sandbox", "Run an AWS on this machine to try things in."),
    "config": _Entry("config", "Show the config, and where each value comes from."),
    "completion": _Entry("completion", "Print the shell's completion script."),
}


class _Commands(click.Group):
    """The commands of the table, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = import_module(f"cicdgen.cli.{entry.module}").command
        if not isinstance(command, click.Command):
            message = f"cicdgen.cli.{entry.module}.command is no command"
            raise TypeError(message)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415 - only a slip needs it

            close = get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean '{close[0]}'?" if close else ""
            ctx.fail(f"No such command '{args[0]}'.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.command(
    cls=_Commands,
    epilog=example("cicdgen render --env prod > template.json"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour on the terminal; NO_COLOR and FORCE_COLOR are heeded.",
)
@click.option("--debug", is_flag=True, envvar="CICDGEN_DEBUG", help="Show stack traces.")
@click.pass_context
def cicdgen(ctx: click.Context, *, color: str, debug: bool) -> None:  # noqa: ARG001 - see run
    """A CI/CD pipeline for an AWS Lambda function, as one template."""
    ctx.color = {"always": True, "never": False, "auto": _color_of_environment()}[color]
    ctx.obj["color"] = ctx.color


def _color_of_environment() -> bool | None:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return None


def run(args: list[str] | None = None) -> int:
    """Run the command line, and return its exit code.

    Args:
        args: the arguments, those of the process by default.
    """
    arguments = sys.argv[1:] if args is None else args
    # Errors are told when click's context is gone: this keeps what it knew of the terminal.
    terminal = {"color": _color_of_environment()}
    streams = sys.stdout, sys.stderr
    try:
        code = cicdgen.main(arguments, prog_name="cicdgen", standalone_mode=False, obj=terminal)
        if sys.stdout is not None:
            sys.stdout.flush()
    except SystemExit:
        # So click leaves a closed pipe, with stand-ins for the streams. Completion leaves them be.
        if (sys.stdout, sys.stderr) == streams:
            raise
        sys.stdout, sys.stderr = streams
        return end(BrokenPipeError(), color=None, debug=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - each has its end
        debug = "--debug" in arguments or bool(os.environ.get("CICDGEN_DEBUG"))
        return end(error, color=terminal["color"], debug=debug)
    return code if isinstance(code, int) else Exit.DONE
