"""`voicebot test`: what was scripted is held, and checked."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot import VoicebotError, printable

if TYPE_CHECKING:
    from voicebot_scenarios.results import Result


def _write_schema(context: click.Context, _: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    import json

    from voicebot_scenarios.scenario import ScenarioFile

    click.echo(json.dumps(ScenarioFile.model_json_schema(), indent=2))
    context.exit()


@click.command()
@click.argument("paths", metavar="SCENARIO...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--config", metavar="CONFIG", help="Config to test instead of those of scenarios and recordings."
)
@click.option(
    "--junit", metavar="FILE", type=click.Path(path_type=Path), help="Also write the results as JUnit XML."
)
@click.option(
    "--record",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also keep a recording of each conversation of a scenario in this folder.",
)
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_write_schema,
    help="Write the JSON Schema of scenarios, for an editor, and do nothing else.",
)
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    config: str | None,
    junit: Path | None,
    record: Path | None,
) -> None:
    """Hold scripted conversations with bots, and check them.

    SCENARIO is a YAML file in which a user speaks, pauses, interrupts and types, and which says what must
    hold; a recording, which must go as it went then, or better; a folder of such files and recordings; or the
    name of scenarios that come with voicebot (offline, pirate). The bot answers with its own chat model,
    voice, tools and turn detector, in virtual time: only what providers do outside of this program takes as
    long as it does. In a recording, they answer what they answered then, and changes of the config are
    followed, unless --config names one.

    The exit status is 1 if something does not hold, and 2 if a scenario or its config has mistakes, all of
    which are reported before anything starts.
    """
    from voicebot_scenarios.files import found
    from voicebot_scenarios.results.report import lines, summary

    if junit is not None:
        _check_writable(junit)
    results = []

    def show(result: Result) -> None:
        results.append(result)
        for line in lines(result):
            click.echo(line)

    _test(found(paths), config, record, show)
    for line in summary(results):
        click.echo(line)
    if junit is not None:
        _write_junit(junit, results)
    if not all(result.held for result in results):
        context.exit(1)


def _test(paths: list[Path], config: str | None, record: Path | None, show: Callable[[Result], None]) -> None:
    """Test scenarios, then recordings."""
    from voicebot_scenarios.files import named_config, opened
    from voicebot_scenarios.suite import run_file

    scenarios = opened([path for path in paths if not path.is_dir()], config)
    recordings = [path for path in paths if path.is_dir()]
    its_config = named_config(config) if recordings and config is not None else None
    for path, file, scenario_config in scenarios:
        run_file(path, file, scenario_config, recordings=record, done=show)
    for path in recordings:
        from voicebot_scenarios.recordings import check_recording
        from voicebot_scenarios.results import Result

        try:
            result, warnings = check_recording(path, its_config)
        except VoicebotError as error:  # the others are tested even so
            result, warnings = Result(path, path.name, (), error=str(error)), ()
        for warning in warnings:
            click.echo(f"warning: {printable(warning)}", err=True)
        show(result)


def _check_writable(path: Path) -> None:
    """Raise `ClickException` if a file cannot be written, so that nothing runs in vain."""
    reason = ""
    if path.is_dir():
        reason = "it is a folder"
    elif not path.parent.is_dir():
        reason = f"there is no folder {path.parent}"
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        reason = os.strerror(errno.EROFS if _is_read_only(path.parent) else errno.EACCES)
    if reason:
        raise click.ClickException(f"{path} cannot be written: {reason}")


def _is_read_only(folder: Path) -> bool:
    """Return whether the file system of a folder is, on systems that say so."""
    return hasattr(os, "statvfs") and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _write_junit(path: Path, results: list[Result]) -> None:
    from voicebot_scenarios.results.junit import write_junit

    try:
        write_junit(path, results)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from None
