"""The language files that plugins add."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike

from voicebot.languages.language import Language
from voicebot.languages.language_file import read_language
from voicebot.plugin.collector import Collector


class Languages(Collector[int, Language]):
    """Collects the languages that plugins add."""

    def add(self, path: str | PathLike[str]) -> None:
        """Add the words of a language file, such as `eo.toml`, to what is known of its language.

        Args:
            path: the file, named by the language's tag without a region. A file for a language that is known
                already adds to its words.

        Raises:
            PluginError: the file cannot be read, or does not fit the schema.
        """
        self._items[len(self._items)] = read_language(path)

    def __iter__(self) -> Iterator[Language]:
        return iter(self._items.values())
