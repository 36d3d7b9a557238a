"""`voicebot cost`: what recorded conversations used, turn by turn, and what that cost."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import click

from voicebot import (
    Amounts,
    Cost,
    Prices,
    ProviderAsked,
    ProviderUsed,
    TurnUse,
    amounts_of,
    cost_line,
    load_prices,
    money_text,
    printable_words,
    report_columns,
    use_by_turn,
)
from voicebot_recording.arguments import prices_option, recordings_argument
from voicebot_recording.opened import opened, prices_of, warn
from voicebot_recording.reading import Recording

_ROW = "{:>5} {:>9} {:>8} {:>9} {:>9} {:>8} {:>9} {:>12}"
_HEAD = ("turn", "heard s", "spoken", "input", "cached", "output", "wasted", "cost")
_NOTHING = ("0", "0.0")


@click.command()
@recordings_argument
@prices_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one line for each recording.")
def command(recordings: tuple[Path, ...], prices: Path | None, *, as_json: bool) -> None:
    """Show what recorded conversations used, and what that cost.

    RECORDING is a folder that `voicebot run --record` or the section `record` of a config has made. Each turn
    has a row: seconds of sound that recognisers were given, characters that were spoken, and tokens that chat
    models read (and of these, had cached), wrote, and wrote or read for replies that were discarded. What
    providers on this machine were used for is counted too, and costs nothing.
    """
    own = None if prices is None else load_prices(prices)
    priced: list[Prices] = []
    every: list[ProviderUsed] = []
    amounts: list[Amounts] = []
    for number, folder in enumerate(recordings):
        recording = opened(folder)
        known = prices_of(recording, own)
        priced.append(known)
        events = list(recording.events())
        every += _used(events)
        amounts.append(amounts_of(events))
        if not _used(events) and any(_is_spoken(event) for event in events):
            warn(f"{folder}: recorded by a voicebot that did not count use yet")
        if as_json:
            click.echo(json.dumps(_described(recording, events, known)))
            continue
        if number:
            click.echo()
        for line in _lines(recording, events, known):
            click.echo(line)
    if len(recordings) > 1 and not as_json:
        click.echo()
        if any(each != priced[0] for each in priced):
            warn("no sum: the configs of these recordings name different prices; --prices takes one file")
            return
        for line in _total(f"All {len(recordings)} conversations", _sum(amounts), every, priced[0]):
            click.echo(line)


def _lines(recording: Recording, events: Sequence[Any], prices: Prices) -> Iterator[str]:
    """Yield the table of one recording."""
    title = printable_words(f"{recording.name}, {recording.started:%d %B %Y %H:%M:%S} UTC")
    rows = [_row(_number(turn), turn.amounts, prices.cost(turn.used)) for turn in use_by_turn(events)]
    yield from _table(title, [*rows, _row("all", amounts_of(events), prices.cost(_used(events)))])
    yield from _providers(events, prices)


def _number(turn: TurnUse) -> str:
    """Return the number of a turn; nothing for what answered none."""
    return str(turn.timed.turn) if turn.timed is not None and turn.timed.turn else ""


def _table(title: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table; if the terminal has no room for it, what each row says of what was used."""
    for line in textwrap.wrap(title, report_columns()):
        yield click.style(line, bold=True)
    head = _ROW.format(*_HEAD)
    if len(head) <= report_columns():
        yield from (head, *(_ROW.format(*row) for row in rows))
        return
    for name, *cells in rows:
        said = [f"{what} {cell}" for what, cell in zip(_HEAD[1:], cells, strict=True) if cell not in _NOTHING]
        called = f"{_HEAD[0]} {name}" if name.isdecimal() else name or "other"
        yield from _wrapped(f"{called}: {', '.join(said)}")


def _row(name: str, amounts: Amounts, cost: Cost) -> tuple[str, ...]:
    about = "~" if amounts.estimated else ""
    return (
        name,
        f"{amounts.seconds:,.1f}",
        f"{amounts.characters:,}",
        f"{about}{amounts.input_tokens:,}",
        f"{amounts.cached_tokens:,}",
        f"{about}{amounts.output_tokens:,}",
        f"{amounts.wasted_tokens:,}",
        _money(cost),
    )


def _money(cost: Cost) -> str:
    """Return what something cost, with a `+` if there is more without a price."""
    more = "+" if cost.unpriced else ""
    return f"{money_text(cost.money, cost.currency)}{more}" if cost.oldest is not None or not more else "?"


def _providers(events: Sequence[Any], prices: Prices) -> Iterator[str]:
    """Yield a line for each provider and model, and what there is to say about the prices."""
    by_provider: dict[tuple[str, str, str], list[ProviderUsed]] = {}
    for used in _used(events):
        by_provider.setdefault((used.kind, used.provider, used.model), []).append(used)
    for (kind, *names), every in by_provider.items():
        name = printable_words(" ".join(each for each in names if each))
        money = "free" if all(prices.is_free(each) for each in every) else _money(prices.cost(every))
        yield from _wrapped(f"{kind} {name}: {money}")
    if line := cost_line(prices.cost(_used(events))):
        yield from _wrapped(line)


def _total(title: str, amounts: Amounts, used: Sequence[ProviderUsed], prices: Prices) -> Iterator[str]:
    yield from _table(title, [_row("all", amounts, prices.cost(used))])
    yield from _providers(used, prices)


def _sum(every: Sequence[Amounts]) -> Amounts:
    """Return the amounts of several conversations, each with what was discarded at its end."""
    return Amounts(*(sum(values) for values in zip(*map(astuple, every), strict=True)))


def _is_spoken(event: Any) -> bool:
    """Return whether a recogniser or a voice was asked."""
    return isinstance(event, ProviderAsked) and event.kind in ("recognizer", "synthesizer")


def _used(events: Sequence[Any]) -> list[ProviderUsed]:
    return [event for event in events if isinstance(event, ProviderUsed)]


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, report_columns(), initial_indent="  ", subsequent_indent="    ")


def _described(recording: Recording, events: Sequence[Any], prices: Prices) -> dict[str, Any]:
    """Return one recording for `--json`."""
    turns = use_by_turn(events)
    return {
        "recording": str(recording.folder),
        "turns": [
            {"turn": turn.timed.turn if turn.timed is not None else None}
            | asdict(turn.amounts)
            | _priced(prices.cost(turn.used))
            for turn in turns
        ],
        **asdict(amounts_of(events)),
        **_priced(prices.cost(_used(events))),
    }


def _priced(cost: Cost) -> dict[str, Any]:
    return {"money": round(cost.money, 6), "currency": cost.currency, "unpriced": list(cost.unpriced)}
