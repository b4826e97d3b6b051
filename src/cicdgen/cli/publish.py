"""`cicdgen publish`: the source, to the environment's bucket, and on through its pipeline."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cicdgen.cli import deploying
from cicdgen.cli.example import example
from cicdgen.cli.options import config_option, env_option
from cicdgen.cli.streams import put, tell
from cicdgen.errors import AwsError, Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicdgen.aws.access import Access
    from cicdgen.config.schema import Config
    from cicdgen.deploying.locating import Address
    from cicdgen.publishing.archive import Archive
    from cicdgen.publishing.files import Chosen
    from cicdgen.publishing.following import Ended
    from cicdgen.publishing.uploading import Unchanged, Uploaded

_LONG_BYTES = 4 << 20
"""An upload of fewer bytes is over before a bar could be read."""


@click.command("publish", epilog=example("cicdgen publish . --dry-run"))
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@env_option
@config_option
@click.option("--dry-run", is_flag=True, help="List the files and the digest; ask nothing of AWS.")
@click.option("--if-changed", "only_changed", is_flag=True, help="Leave the same source alone.")
@click.option("--follow", is_flag=True, help="Follow the pipeline's run to its end.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="How long to follow; the run itself goes on.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of what is printed.",
)
@deploying.where
def command(
    *,
    folder: Path,
    env: str | None,
    config_path: Path | None,
    dry_run: bool,
    only_changed: bool,
    follow: bool,
    timeout: int,
    form: str,
    **given: str | None,
) -> int:
    """Upload the source, and follow the pipeline's run.

    The files of FOLDER become an archive that is the same bytes on every machine; what
    .cicdgenignore names is left out, with git's patterns. The upload starts the pipeline. With
    --follow the exit code is the run's: 1 if it failed.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - `--help` publishes nothing

    from cicdgen.publishing import archive, files  # noqa: PLC0415
    from cicdgen.reports import publication  # noqa: PLC0415

    if dry_run and (only_changed or follow):
        raise UsageError("--dry-run asks nothing of AWS", hint="leave the others out")
    with TemporaryDirectory(prefix="cicdgen-") as place:
        chosen = files.choose(folder)
        written = archive.write(chosen, Path(place) / "source.zip")
        if dry_run:
            if form == "json":
                put(publication.document(chosen, written, None, None))
            else:
                put(publication.plan(chosen, written))
            return Exit.DONE
        config = deploying.config_of(config_path, env)
        job = _Job(
            config=config,
            address=deploying.address_of(config, given),
            access=deploying.access_of(config, given),
            minutes=timeout,
        )
        return job.publish(chosen, written, form, only_changed=only_changed, follow=follow)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What is published where."""

    config: Config
    address: Address
    access: Access
    minutes: int

    def publish(
        self, chosen: Chosen, written: Archive, form: str, *, only_changed: bool, follow: bool
    ) -> int:
        from cicdgen.publishing import uploading  # noqa: PLC0415 - see above
        from cicdgen.reports import publication  # noqa: PLC0415

        if self.access.target:
            tell(f"AWS is {self.access.target}")
        place = uploading.place_of(
            self.config, self.address.stack, self.access, self.address.options
        )
        tell(f"{publication.summary(chosen, written)}; to s3://{place.bucket}/{place.key}")
        with _progress(written.size) as seen:
            outcome = uploading.upload(
                written, place, self.access, only_changed=only_changed, seen=seen
            )
        if isinstance(outcome, uploading.Uploaded):
            tell(f"uploaded as version {outcome.version}: it starts {place.pipeline}")
        else:
            tell(f"the same source is there as version {outcome.version}: no run starts")
        end = self._follow(outcome) if follow else None
        if form == "json":
            put(publication.document(chosen, written, outcome, end))
        else:
            put(f"{written.sha256.hex()}\n")
        return Exit.DONE if end is None or end.succeeded else Exit.FAILED

    def _follow(self, source: Uploaded | Unchanged) -> Ended:
        from cicdgen.aws.pipelines import Pipeline  # noqa: PLC0415 - see above
        from cicdgen.publishing.following import Ended, follow  # noqa: PLC0415
        from cicdgen.reports import publication  # noqa: PLC0415

        place = source.place
        runs = Pipeline(place.pipeline, self.access)
        try:
            for step in follow(runs, source.version, seconds=self.minutes * 60):
                tell(publication.step(step))
                if isinstance(step, Ended):
                    return step
        except KeyboardInterrupt:
            tell(f"the run goes on: {place.link or place.pipeline}")
            raise
        raise AwsError(f"the run of {place.pipeline} has no end")


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal for a long upload; nothing otherwise."""
    import sys  # noqa: PLC0415 - see above

    if size < _LONG_BYTES or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only a bar needs it
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn  # noqa: PLC0415

    columns = BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)
        yield lambda sent: bar.update(task, completed=sent)
