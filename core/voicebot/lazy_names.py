"""A package's public names, imported on first use, and its deprecated names, which still work."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any


class LazyNames:
    """Finds names in the modules of a package.

    Args:
        homes: the modules to search, in order, relative to the package.
        public: the public names.
        deprecated: names that the next major version of the API removes, each with what to do instead, such
            as "use `Bot`". They are found like the others, so what they name must stay in one of the modules.
    """

    def __init__(
        self, package: str, homes: Sequence[str], public: Collection[str], deprecated: Mapping[str, str]
    ) -> None:
        self._package = package
        self._homes = homes
        self._public = public
        self._deprecated = deprecated

    def find(self, name: str) -> Any:
        """Return the object with a name, for the package's `__getattr__`, to whose caller warnings point.

        Raises:
            AttributeError: it is not a public name.
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
            warnings.warn(message, DeprecationWarning, stacklevel=4)  # the code that imports the name
