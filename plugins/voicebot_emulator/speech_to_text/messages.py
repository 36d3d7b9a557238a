"""The messages of speech to text that report what was said."""

from __future__ import annotations

import uuid
from typing import Any

from voicebot_emulator.script import Heard
from voicebot_emulator.speech_to_text.request import RecognitionRequest
from voicebot_emulator.speech_to_text.segments import Ended
from voicebot_emulator.usp import TICKS


def ticks(seconds: float) -> int:
    """Return seconds as ticks of 100 ns."""
    return round(seconds * TICKS)


def hypothesis(request: RecognitionRequest, text: str, at: float, seconds: float) -> dict[str, Any]:
    """Return the body of a speech.hypothesis."""
    return {
        "Id": uuid.uuid4().hex,
        "Text": text,
        "Offset": ticks(at),
        "Duration": ticks(seconds),
        "Channel": 0,
        **_language(request, None),
    }


def phrase(request: RecognitionRequest, heard: Heard, ended: Ended) -> dict[str, Any]:
    """Return the body of the speech.phrase with the final transcript of a segment."""
    body: dict[str, Any] = {
        "Id": uuid.uuid4().hex,
        "RecognitionStatus": "Success" if heard.text else "NoMatch",
        "Offset": ticks(ended.at),
        "Duration": ticks(ended.seconds),
        "Channel": 0,
        **_language(request, heard.language),
    }
    if heard.text:
        body["DisplayText"] = heard.text
        if request.detailed:
            body["NBest"] = [_best(heard.text, ended)]
    return body


def no_words(status: str, at: float, seconds: float) -> dict[str, Any]:
    """Return the body of a speech.phrase without words."""
    return {
        "Id": uuid.uuid4().hex,
        "RecognitionStatus": status,
        "Offset": ticks(at),
        "Duration": ticks(seconds),
        "Channel": 0,
    }


def _language(request: RecognitionRequest, language: str | None) -> dict[str, Any]:
    if not request.identifies:
        return {}
    found = language if language in request.languages else request.languages[0]
    return {"PrimaryLanguage": {"Language": found, "Confidence": "High"}}


def _best(text: str, ended: Ended) -> dict[str, Any]:
    """Return the best hypothesis, with evenly timed words."""
    lexical = [word.strip(".,;:!?").lower() for word in text.split()]
    each = ended.seconds / len(lexical)
    return {
        "Confidence": 0.9,
        "Lexical": " ".join(lexical),
        "ITN": " ".join(lexical),
        "MaskedITN": " ".join(lexical),
        "Display": text,
        "Words": [
            {"Word": word, "Offset": ticks(ended.at + index * each), "Duration": ticks(each)}
            for index, word in enumerate(lexical)
        ],
    }
