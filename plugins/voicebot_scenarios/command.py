"""`voicebot test`: what was scripted is held, and checked."""

from __future__ import annotations

from pathlib import Path

import click


def _write_schema(context: click.Context, _: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    import json

    from voicebot_scenarios.scenario import ScenarioFile

    click.echo(json.dumps(ScenarioFile.model_json_schema(), indent=2))
    context.exit()


@click.command()
@click.argument(
    "paths", metavar="SCENARIO...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--config", metavar="CONFIG", help="Config to test instead of the one that each scenario names."
)
@click.option(
    "--junit", metavar="FILE", type=click.Path(path_type=Path), help="Also write the results as JUnit XML."
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
def command(context: click.Context, paths: tuple[Path, ...], config: str | None, junit: Path | None) -> None:
    """Hold scripted conversations with bots, and check them.

    SCENARIO is a YAML file in which a user speaks, pauses, interrupts and types, and which says what must
    hold, a folder of such files, or the name of one that comes with voicebot (offline, pirate). The bot answers with its own chat model, voice, tools and turn detector,
    in virtual time: only what providers do outside of this program takes as long as it does.

    The exit status is 1 if something does not hold, and 2 if a scenario or its config has mistakes, all of
    which are reported before anything starts.
    """
    from voicebot_scenarios.files import opened
    from voicebot_scenarios.results.junit import write_junit
    from voicebot_scenarios.results.report import lines, summary
    from voicebot_scenarios.suite import run_file

    results = []
    for path, file, its_config in opened(paths, config):
        for result in run_file(path, file, its_config):
            results.append(result)
            for line in lines(result):
                click.echo(line)
    click.echo(summary(results))
    if junit is not None:
        try:
            write_junit(junit, results)
        except OSError as error:
            raise click.ClickException(f"{junit} cannot be written: {error.strerror or error}") from None
    if not all(result.held for result in results):
        context.exit(1)
