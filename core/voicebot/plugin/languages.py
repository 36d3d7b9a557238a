"""The language files that plugins add."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike

from voicebot.languages.language import Language
from voicebot.plugin.collector import Collector


class Languages(Collector[int, Language]):
    """Collects the languages that plugins add."""

    def add(self, path: str | PathLike[str]) -> None:
        """Add the words in a language file, such as `eo.toml`.

        Args:
            path: the file, named after the language's tag without a region. If the language is already
                known, the file adds words to it.

        Raises:
            PluginError: the file cannot be read, or does not fit the schema.
        """
        from voicebot.languages.language_file import read_language

        self._items[len(self._items)] = read_language(path)

    def __iter__(self) -> Iterator[Language]:
        return iter(self._items.values())
