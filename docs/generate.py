"""Write the reference pages from the code: `python docs/generate.py [DIRECTORY]`.

The words are the code's own docstrings, so a page is changed by changing those; what has no docstring
(the rules of a config file) is in `generator/`. A test fails when a page is not what this writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator import api, commands, configuration, emulator, hooks, providers, remedies

PAGES = {
    "configuration.md": configuration.page,
    "providers.md": providers.page,
    "commands.md": commands.page,
    "interfaces.md": api.interfaces,
    "events.md": api.events,
    "hooks.md": hooks.page,
    "errors.md": api.errors,
    "emulator.md": emulator.page,
    "remedies.md": remedies.page,
}


def main() -> None:
    """Write every page."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "reference"
    target.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (target / name).write_text(page(), encoding="utf-8", newline="\n")
        sys.stdout.write(f"wrote {target / name}\n")


if __name__ == "__main__":
    main()
