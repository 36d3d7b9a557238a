"""`voicebot models`: lists, fetches and removes the models that providers run on this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.output.errors import FAILED, show_error, show_warning
from voicebot.cli.output.missing_packages import warn_of_missing_packages
from voicebot.cli.output.printing import echo, echo_json
from voicebot.cli.output.sizes import size_text
from voicebot.cli.output.tables import show_table
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.resources import model_download, model_stores
from voicebot.cli.resources.languages import filters, shown, within

if TYPE_CHECKING:
    from voicebot.cli.resources.model_stores import ProviderModel


class _Group(click.Group):
    """Says which commands there are if a name is not one of them."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            names = ", ".join(self.list_commands(ctx))
            ctx.fail(f"no such command 'models {args[0]}'; after `voicebot models` come {names}, or nothing")
        return super().resolve_command(ctx, args)


def _list_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Write one JSON document."),
        click.option(
            "--search", metavar="TEXT", default="", help="Only models with this text in their name."
        ),
        click.option(
            "--language",
            metavar="TAG",
            default="",
            help="Only models for this language, such as de or en-GB.",
        ),
        click.option("--here", is_flag=True, help="Only models that are on this machine."),
    ):
        command = option(command)
    return command


@click.group(cls=_Group, invoke_without_command=True)
@_list_options
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """List, fetch and remove models.

    Some recognisers and voices run a model on this machine. `voicebot models` lists the models that are here,
    and those that can be fetched; `fetch` downloads one, `remove` deletes it. MODEL is PROVIDER/NAME as it is
    listed, or NAME alone if only one provider has it.
    """
    if context.invoked_subcommand is None:
        _list(context, **options)


@command.command("list")
@_list_options
@click.pass_context
def list_(context: click.Context, /, **options: Any) -> None:
    """List models, as `voicebot models` does."""
    _list(context, **options)


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="MODEL...")
def fetch(names: tuple[str, ...]) -> None:
    """Download models.

    A provider may know more models than are listed: after `PROVIDER/` every name is tried.
    """
    for chosen in _chosen(names):
        model_download.fetch(chosen)


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="MODEL...")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def remove(context: click.Context, names: tuple[str, ...], *, yes: bool) -> None:
    """Delete models that were fetched.

    Asks before it deletes anything. A model that came with a package is removed by uninstalling that.
    """
    chosen = _chosen(names)
    for each in chosen:
        _refuse_to_remove(each)
    for each in chosen:
        if not yes and not _agreed(context, each):
            echo(f"kept {each.name}", err=True)
            continue
        with model_stores.errors_of_store(each.provider):
            each.store.remove(each.model.name)
        echo(f"removed {each.name}")


def _list(context: click.Context, *, here: bool, language: str, search: str, as_json: bool) -> None:
    stores, failures = model_stores.read_stores()
    everything = [model for store in stores for model in store.models]
    found = [
        each
        for each in everything
        if _speaks(each, language)
        and search.casefold() in each.name.casefold()
        and not (here and each.model.path is None)
    ]
    if as_json:
        echo_json([_described(each) for each in found])
    elif found:
        _show(found, language)
        warn_of_missing_packages([store.provider for store in stores])
    elif language or search:
        show_warning(f"none of the {len(everything)} models matches {filters(language, search)}")
    elif not failures:
        echo_wrapped(
            "No model is on this machine." if everything else "No installed provider has models of its own."
        )
    for failure in failures:
        (show_warning if everything else show_error)(failure)
    if failures and not everything:
        context.exit(FAILED)


def _speaks(each: ProviderModel, tag: str) -> bool:
    """Return whether a model is for a language: `de` also serves `de-AT`, and one without tags all."""
    languages = each.model.languages
    return not languages or within(languages, tag) or any(within((tag,), own) for own in languages)


def _show(found: Sequence[ProviderModel], language: str) -> None:
    """Write what is here, with its place, and then what can be fetched."""
    here = [each for each in found if each.model.path is not None]
    others = [each for each in found if each.model.path is None]
    if here:
        show_table(
            ("model", "languages", "size", "licence", "where"),
            [(*_columns(each, language), each.place) for each in here],
        )
    if others:
        if here:
            echo()
        echo_wrapped("To fetch with `voicebot models fetch MODEL`:")
        show_table(("model", "languages", "size", "licence"), [_columns(each, language) for each in others])


def _columns(each: ProviderModel, language: str) -> tuple[str, ...]:
    model = each.model
    languages = shown(model.languages, language) or "many"
    return each.name, languages, size_text(model.size), model.license


def _described(each: ProviderModel) -> dict[str, object]:
    model = each.model
    return {
        "model": each.name,
        "kind": each.provider.kind,
        "provider": each.provider.name,
        "name": model.name,
        "languages": list(model.languages),
        "size": model.size,
        "path": None if model.path is None else str(model.path),
        "bundled_with": model.bundled_with,
        "license": model.license,
    }


def _chosen(names: Sequence[str]) -> list[ProviderModel]:
    """Return the models of these names, each once; if one is unknown, show which stores failed."""
    stores, failures = model_stores.read_stores()
    try:
        chosen = [model_stores.find(name, stores) for name in names]
    except click.UsageError:
        for failure in failures:
            show_warning(failure)
        raise
    return list({each.name: each for each in chosen}.values())


def _refuse_to_remove(chosen: ProviderModel) -> None:
    from voicebot.errors import ProviderError
    from voicebot.plugin.packages import pip

    if package := chosen.model.bundled_with:
        raise ProviderError(
            f"{chosen.name} came with a package; to remove both: {pip('uninstall')} {package}"
        )
    if chosen.listed and chosen.model.path is None:
        raise ProviderError(f"{chosen.name} is not on this machine")


def _agreed(context: click.Context, chosen: ProviderModel) -> bool:
    """Ask whether to delete a model; raise a usage error if nobody can answer."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here; with --yes it deletes without asking", context)
    size = size_text(chosen.model.size)
    place = f" in {chosen.place}" if chosen.model.path is not None else ""
    echo(f"Delete {chosen.name}{size and f' ({size})'}{place}? [y/N] ", err=True, end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
