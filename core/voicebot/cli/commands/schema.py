"""`voicebot schema`: writes the JSON Schema with which an editor completes and checks configs."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot.cli.output.errors import FAILED, show_error
from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.cli.output.printing import echo, echo_lines
from voicebot.cli.process.whole_files import write_whole
from voicebot.cli.resources.stdio_files import DASH


@click.command()
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write it to this file, which is overwritten, instead of stdout.",
)
@click.pass_context
def command(context: click.Context, output: Path | None) -> None:
    """Write the JSON Schema of a config, for an editor.

    It describes all installed providers and their options, so write it again after installing a plugin. A
    config refers to it with a line `# yaml-language-server: $schema=FILE`, like those that `voicebot init`
    writes.
    """
    from voicebot.config.json_schema.config_schema import schema_text
    from voicebot.plugin.manager import installed_plugins

    warn_of_conflicts()
    registry = installed_plugins().registry
    text = schema_text(registry, registry.sections)
    if output in (None, DASH):
        echo_lines(text.removesuffix("\n"))
        return
    try:
        write_whole(output, text.encode())
    except OSError as error:
        show_error(f"cannot write {output}: {error.strerror or error}")
        context.exit(FAILED)
    echo(f"wrote {output}")
