"""The browsers in which the plugins' pages are opened."""

from __future__ import annotations

import pytest
from tests.browsers import Browser, Chromium, Firefox


@pytest.fixture(params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Return a browser of this machine; the test is run in each."""
    if request.param == "chromium":
        return Chromium()
    return Firefox(request.getfixturevalue("sound_server"))
