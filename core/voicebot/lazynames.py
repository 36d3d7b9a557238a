"""A package's public names, imported when they are first used, and its deprecated ones, which still work."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any


class LazyNames:
    """Finds names in the modules of a package.

    Args:
        homes: the modules to look into, one after the other, relative to the package.
        public: the names that there are.
        deprecated: names that the next major version of the API takes away, each with what to do instead,
            as "use `Bot`". They are found as the others are, so that what they name stays where it was.
    """

    def __init__(
        self, package: str, homes: Sequence[str], public: Collection[str], deprecated: Mapping[str, str]
    ) -> None:
        self._package = package
        self._homes = homes
        self._public = public
        self._deprecated = deprecated

    def find(self, name: str) -> Any:
        """Return what a name means; for the package's own `__getattr__`, whose caller is told of deprecation.

        Raises:
            AttributeError: it is no public name.
        """
        if name in self._public or name in self._deprecated:
            for home in self._homes:
                module = importlib.import_module(f"{self._package}.{home}")
                if name in vars(module):
                    self._warn(name)
                    return vars(module)[name]
        raise AttributeError(f"module {self._package!r} has no attribute {name!r}")

    def _warn(self, name: str) -> None:
        if advice := self._deprecated.get(name):
            import warnings

            message = f"{self._package}.{name} is deprecated: {advice}"
            warnings.warn(message, DeprecationWarning, stacklevel=4)  # whoever imports the name
