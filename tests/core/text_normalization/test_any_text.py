"""Any text can be normalised, in time that grows with its length."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from voicebot import normalize_text

LANGUAGES = ("en", "de", "fr", "es", "it", "ja", "xx", "", "de_AT.UTF-8", "💥")
ODD_PIECES = (
    "1", "1.", "1,", "1 ", "1-", "1/", "1:", "$", "$1", "a.", "a@", "@", "a.b", "http://", "/a", "#a", "'",
    "(1", "1a", "I", "X", "°", "1°", "½", "^2", "\ud800", "\x00", "🎉", "é", "٣", "字", " ", "\n", ".", "-",
    "0x", "::", "é.", "Dr. ", "1 Mio. ", "10:30 ", "2026-11-28 ", "5 km/h, ", "z.B. ", "c.-à-d. ", "+1 (5",
    "Henry VIII ", "1e", "A&", "&", "x<", "a-", "a/", "_a", "~1", "1x", "1'", "No. ", "St. ",
    "King I ", "Max. ", "1. und ", "1x1m", "1 l'", "$1-million ", "1. 1. ", "1s", "9.5/10 ", "5 USD. ",
    "§§", "&&", "@²", "#²", "1²", "𝟙", "Ⅷ", "㊿", "1\u0663",
)  # fmt: skip


@pytest.mark.parametrize("piece", ODD_PIECES)
def test_a_long_row_of_anything_is_normalised(piece: str) -> None:
    for language in LANGUAGES:
        normalized = normalize_text(piece * 60, language)
        assert normalized.source(0, len(normalized.text))[1] == (len(piece) * 60 if normalized.text else 0)


def seconds_for(text: str) -> float:
    """Return the processor time of this thread for a text, the shortest of some."""

    def once() -> float:
        before = time.thread_time()
        normalize_text(text, "en")
        return time.thread_time() - before

    return min(once() for _ in range(3))


@pytest.mark.slow
@pytest.mark.parametrize("piece", ODD_PIECES)
def test_the_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    short, long = piece * 1_000, piece * 16_000

    assert seconds_for(long) < 100 * max(seconds_for(short), 0.001)


def test_the_rules_are_not_loaded_before_they_are_needed() -> None:
    code = (
        "import sys; from voicebot import normalize_text, NormalizedText; "
        "print('unicode_rbnf' in sys.modules, 'voicebot.text_normalization.rules' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.split() == ["False", "False"]


def test_without_the_package_for_numbers_a_text_stays_as_it_is() -> None:
    code = (
        "import sys; sys.modules['unicode_rbnf'] = None; from voicebot import normalize_text; "
        "print(normalize_text('Dr. Smith paid $3.50 on 2026-11-28.', 'en-US').text)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout == "Dr. Smith paid $3.50 on 2026-11-28.\n"
