"""`cicdgen sandbox`: an AWS on this machine, for a command or until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cicdgen.cli import in_sandbox
from cicdgen.cli.example import example
from cicdgen.cli.streams import put, tell

if TYPE_CHECKING:
    from cicdgen.sandbox.running import Sandbox


@click.group(
    "sandbox",
    epilog=example("cicdgen sandbox install"),
    short_help="Run an AWS on this machine to try things in.",
)
def command() -> None:
    """Run an AWS on this machine to try things in.

    It is ministack, in an environment of its own. What it does not keep of a template, and what it
    does not run, is in docs/sandbox.md.
    """


@command.command("install", epilog=example("cicdgen sandbox install"))
def install() -> None:
    """Install it, once, in the user's cache."""
    from cicdgen.sandbox import environment  # noqa: PLC0415 - `--help` installs nothing

    tell(f"installing the sandbox in {environment.folder()}")
    put(f"{environment.install()}\n")


@command.command(
    "run",
    epilog=example("cicdgen sandbox run -- sh -c 'echo $AWS_ENDPOINT_URL'"),
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--account", metavar="ID", help="The account it pretends to be, 12 digits.")
@click.option("--region", metavar="NAME", help="The region of the command's environment.")
@click.argument("program", nargs=-1, type=click.UNPROCESSED)
def run(*, account: str | None, region: str | None, program: tuple[str, ...]) -> int:
    """Run PROGRAM with its environment, and end as it ends.

    Without PROGRAM it prints the environment for a shell to read, and serves until Ctrl-C. It
    begins empty each time.
    """
    import os  # noqa: PLC0415 - `--help` runs nothing
    import shlex  # noqa: PLC0415
    import signal  # noqa: PLC0415

    from cicdgen.errors import UsageError  # noqa: PLC0415
    from cicdgen.sandbox.running import ACCOUNT, REGION, Sandbox  # noqa: PLC0415

    if account is not None and not (account.isascii() and account.isdigit() and len(account) == 12):  # noqa: PLR2004 - an account's digits
        raise UsageError(f"'{account}' is no account", hint="an account has 12 digits")
    with Sandbox(account=account or ACCOUNT, region=region or REGION) as sandbox:
        if program:
            return _run(program, sandbox)
        inside = in_sandbox.environment(sandbox)
        lines = [
            f"export {name}={shlex.quote(text)}"
            for name, text in inside.items()
            if os.environ.get(name) != text
        ]
        lines += [f"unset {name}" for name in sorted(os.environ.keys() - inside.keys())]
        put("\n".join(lines) + "\n")
        tell("the sandbox serves until Ctrl-C")
        signal.pause()
    return 0


def _run(program: tuple[str, ...], sandbox: Sandbox) -> int:
    import subprocess  # noqa: PLC0415 - see above

    from cicdgen.errors import UsageError  # noqa: PLC0415

    tell(f"sandbox: {sandbox.endpoint}, account {sandbox.account}; it ends with the command")
    try:
        done = subprocess.run(program, env=in_sandbox.environment(sandbox), check=False)  # noqa: S603 - the user's own
    except FileNotFoundError as error:
        raise UsageError(f"there is no program {program[0]}", hint="check the spelling") from error
    # A shell's way to say that a signal ended it.
    return done.returncode if done.returncode >= 0 else 128 - done.returncode
