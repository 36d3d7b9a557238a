"""Write the reference pages from the code: `python docs/generate.py [DIRECTORY]`.

The text comes from the code's docstrings, so change those to change a page; text without a docstring (such
as the rules of a config file) is in `generator/`. A test fails when a page differs from what this writes.
Without a directory, it also updates the schema that our configs refer to, `configs/voicebot.schema.json`,
and the listing of the public API, `tests/core/public_api.txt`: mention a change there in the CHANGELOG.
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator import (
    api,
    commands,
    configuration,
    contract,
    editor,
    emulator,
    hooks,
    languages,
    licences,
    listing,
    names,
    providers,
    realtime,
    recordings,
    remedies,
    scenarios,
    serve,
)

PAGES = {
    "configuration.md": configuration.page,
    "providers.md": providers.page,
    "commands.md": commands.page,
    "api.md": names.page,
    "interfaces.md": api.interfaces,
    "events.md": api.events,
    "hooks.md": hooks.page,
    "languages.md": languages.page,
    "errors.md": api.errors,
    "contract.md": contract.page,
    "emulator.md": emulator.page,
    "serve.md": serve.page,
    "realtime.md": realtime.page,
    "recordings.md": recordings.page,
    "scenarios.md": scenarios.page,
    "remedies.md": remedies.page,
    "licences.md": licences.page,
}


DOCS = Path(__file__).parent


def main() -> None:
    """Write every page and, without a directory, the schema and the listing."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "reference"
    target.mkdir(parents=True, exist_ok=True)
    texts = {target / name: page() for name, page in PAGES.items()}
    if len(sys.argv) == 1:
        texts[DOCS.parent / "configs" / editor.FILE] = editor.schema()
        texts[DOCS.parent / "tests" / "core" / listing.FILE] = listing.listing()
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"wrote {path}\n")


if __name__ == "__main__":
    main()
