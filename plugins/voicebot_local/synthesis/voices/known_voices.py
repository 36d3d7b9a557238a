"""The voices that piper's project publishes: names, sizes and checksums, without asking the network.

`known_voices.tsv` has one line per voice: name, speakers, then size in bytes and MD5 of the model, and the
same of its config, as published in `voices.json` of the repository that `piper.download_voices` fetches from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file that can be fetched: its size in bytes and its MD5."""

    size: int
    md5: str


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """A voice that can be fetched, such as `en_US-lessac-medium`."""

    name: str
    speakers: int
    model: PublishedFile
    config: PublishedFile

    @property
    def language(self) -> str:
        """Its language as a BCP 47 tag."""
        return language_in(self.name)

    @property
    def size(self) -> int:
        """Bytes of the download."""
        return self.model.size + self.config.size


@cache
def known_voices() -> dict[str, KnownVoice]:
    """Return the published voices by name."""
    voices = {}
    table = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        name, speakers, size, md5, config_size, config_md5 = line.split("\t")
        model, config = PublishedFile(int(size), md5), PublishedFile(int(config_size), config_md5)
        voices[name] = KnownVoice(name, int(speakers), model, config)
    return voices


def language_in(name: str) -> str:
    """Return the BCP 47 tag that the name of a voice begins with; empty if it does not."""
    code, dash, _ = name.partition("-")
    family, line, region = code.partition("_")
    return f"{family}-{region}" if dash and line and family.isalpha() and region.isalnum() else ""


def similar(name: str, others: Iterable[str]) -> list[str]:
    """Return up to five of the other names that were probably meant, the most similar first."""
    others = sorted(others)
    wanted = name.casefold().replace("-", "_")
    like = [other for other in others if wanted and wanted in other.casefold().replace("-", "_")]
    return list(dict.fromkeys([*get_close_matches(name, others, 3), *like]))[:5]


def megabytes(size: int) -> str:
    """Return a size in bytes as people read it."""
    return f"{size / 1e6:.0f} MB"
