"""What options advise about themselves, as problems of a config."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voicebot.config.reading.tree import Place, Section
from voicebot.errors import Problem
from voicebot.options import Options


def advice_problems(
    options: Options, languages: Sequence[str], name: str, section: Section, place: Place
) -> Iterator[Problem]:
    """Yield the advice of options, each at the option that it is about.

    Args:
        languages: those of the conversation; none if they are not known.
        name: what messages call the options.
        section: what they were made from.
        place: where advice about an option belongs that is not written there.
    """
    for advice in dict.fromkeys(each for tag in languages for each in options.advice(tag)):
        written = section.entries.get(advice.option)
        where = written.node.place if written is not None else place
        yield where.problem(f"{name}: {advice.message}", advice.severity)
