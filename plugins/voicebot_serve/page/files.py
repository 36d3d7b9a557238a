"""The files of the page, in memory: read, hashed and compressed once."""

from __future__ import annotations

import gzip
import hashlib
import html
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}
_INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent.

    Args:
        name: its name, without directory.
        content: what it holds.
    """

    name: str
    content: bytes
    compressed: bytes = field(init=False)
    tag: str = field(init=False)
    """Its `ETag`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "compressed", gzip.compress(self.content, mtime=0))
        object.__setattr__(self, "tag", f'"{hashlib.sha256(self.content).hexdigest()[:20]}"')

    @property
    def type(self) -> str:
        """Its media type."""
        return _TYPES[self.name.rpartition(".")[2]]


class Files:
    """The files of one version of the page.

    Args:
        files: all of them, by name.
    """

    def __init__(self, files: dict[str, File]) -> None:
        self._template = files[_INDEX].content.decode()
        self._files = {name: file for name, file in files.items() if name != _INDEX}
        hashes = "".join(name + file.tag for name, file in sorted(self._files.items()))
        self.version = hashlib.sha256(hashes.encode()).hexdigest()[:16]
        """A hash of what they hold."""
        self.index = lru_cache(maxsize=100)(self._index)
        """Returns the page of the bot with a title."""

    @classmethod
    def load(cls) -> Files:
        """Read them."""
        found = (resources.files(__package__) / "web").iterdir()
        return cls({path.name: File(path.name, path.read_bytes()) for path in found})

    def find(self, version: str, name: str) -> File | None:
        """Return a file, if it is of this version."""
        return self._files.get(name) if version == self.version else None

    def _index(self, title: str) -> File:
        page = self._template.replace("{files}", f"page/{self.version}")
        return File(_INDEX, page.replace("{title}", html.escape(title)).encode())
