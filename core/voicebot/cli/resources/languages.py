"""Languages as the command line filters and lists them."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 3


def within(languages: Sequence[str], tag: str) -> bool:
    """Return whether a tag matches one of the languages, or includes it: `de` includes `de-AT`."""
    return not tag or any(f"{language}-".lower().startswith(f"{tag}-".lower()) for language in languages)


def shown(languages: Sequence[str], tag: str) -> str:
    """Return the first language, then those that match the tag, and how many more there are."""
    own, others = languages[:1], languages[1:]
    wanted = sorted(others, key=lambda language: not within((language,), tag))
    first = [*own, *wanted][:_SHOWN]
    more = len(languages) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def tag_hint(tag: str) -> str:
    """Return a hint if what was asked for with `--language` is not a tag."""
    from voicebot.languages.tags import language_tag, suggested_tag

    if not tag:
        return ""
    try:
        language_tag(tag)
    except ValueError:
        suggested = (suggested_tag(tag) or "de").partition("-")[0]
        return f"; --language takes a tag such as {suggested}"
    return ""


def filters(language: str, search: str) -> str:
    """Return the filters that were given, as on the command line, with a hint if the language is no tag."""
    asked = {"--language": language, "--search": search}
    given = " ".join(f"{option} {value}" for option, value in asked.items() if value)
    return given + tag_hint(language)
