"""`voicebot new-plugin`: a whole distribution to start from, which works before anything is changed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from voicebot.cli.output.errors import FAILED, show_error
from voicebot.cli.output.printing import echo
from voicebot.cli.output.wrapping import echo_wrapped, show_steps
from voicebot.cli.plugin_template.distribution import KINDS, Names, refusal, texts


@click.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What the plugin provides.")
@click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder to make and to write into; NAME unless given.",
)
@click.option("--author", metavar="WHO", help="Who holds the copyright, for licence and metadata.")
@click.pass_context
def command(context: click.Context, name: str, kind: str, folder: Path | None, author: str | None) -> None:
    """Write a plugin to start from.

    NAME is what `pip install` will call it, in lower case, such as `voicebot-tones`; the names of module,
    classes and provider follow from it. What is written works: install it, run its tests, then change it
    piece by piece into your own. Overwrites nothing.
    """
    if reason := refusal(name, kind):
        raise click.BadParameter(reason, param_hint="NAME")
    author = " ".join(author.split()) if author else f"The {name} authors"
    target = folder or Path(name)
    if os.path.lexists(target):
        show_error(f"{target} exists already; nothing was written")
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
    """Write all files into a new folder, which is there whole or not at all."""
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
        "pip install -e '.[dev]'": "beside voicebot, so that it finds the plugin",
        "pytest": "the contract of its kind, and tests of its own",
        f"voicebot options {names.provider}": "what a config can say",
        names.trial: "use it",
    }
    echo()
    echo("Next:")
    show_steps(steps)
    echo_wrapped(f"Then open {target / names.file} and make it yours.")
