"""`voicebot new-plugin`: writes a complete distribution to start from, which works as it is."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from voicebot.cli.output.errors import FAILED, show_error
from voicebot.cli.output.printing import echo
from voicebot.cli.output.wrapping import echo_wrapped, show_steps
from voicebot.cli.plugin_template.distribution import KINDS, Names, name_problem, texts


@click.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What the plugin provides.")
@click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Directory to create and write into; by default NAME.",
)
@click.option("--author", metavar="WHO", help="Copyright holder, for the licence and the metadata.")
@click.pass_context
def command(context: click.Context, name: str, kind: str, folder: Path | None, author: str | None) -> None:
    """Write a plugin to start from.

    NAME is the name for `pip install`, in lower case, such as `voicebot-tones`; the names of the module, the
    classes and the provider are derived from it. The plugin works as it is: install it, run its tests, then
    turn it into your own piece by piece. Overwrites nothing.
    """
    if reason := name_problem(name, kind):
        raise click.BadParameter(reason, param_hint="NAME")
    author = " ".join(author.split()) if author else f"The {name} authors"
    target = folder or Path(name)
    if os.path.lexists(target):
        show_error(f"{target} already exists; nothing was written")
        context.exit(FAILED)
    names = Names.of(name, kind, author)
    try:
        written = _write(target, texts(names))
    except OSError as error:
        show_error(f"cannot write {target}: {error.strerror or error}; nothing was written")
        context.exit(FAILED)
    for file in written:
        echo(f"wrote {target / file}")
    _show_next_steps(target, names)


def _write(target: Path, files: dict[str, str]) -> list[str]:
    """Write all files into a new directory, which is created completely or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-plugin-", dir=target.parent) as unfinished:
        whole = Path(unfinished) / target.name
        for file, text in files.items():
            (whole / file).parent.mkdir(parents=True, exist_ok=True)
            (whole / file).write_text(text, encoding="utf-8", newline="\n")
        whole.rename(target)
    return list(files)


def _show_next_steps(target: Path, names: Names) -> None:
    steps = {
        f"cd {target}": "",
        "pip install -e '.[dev]'": "in the environment of voicebot, so that it finds the plugin",
        "pytest": "the contract of its kind, and its own tests",
        f"voicebot options {names.provider}": "its options in a config",
        names.trial: "try it",
    }
    echo()
    echo("Next:")
    show_steps(steps)
    echo_wrapped(f"Then open {target / names.file} and make it yours.")
