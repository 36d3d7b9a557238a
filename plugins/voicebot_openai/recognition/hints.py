"""What a model is told to expect: languages, and phrases as keywords or as a prompt."""

from __future__ import annotations

from voicebot import Hints
from voicebot_openai.recognition.languages import expected_code, is_documented
from voicebot_openai.recognition.options import OpenAIRecognizerOptions

_LONGEST_PROMPT = 600
"""Characters: Whisper reads only the last 224 tokens."""
_MOST_KEYWORDS = 100
_NOT_IN_KEYWORDS = str.maketrans("<>", "  ")
"""Characters for which the service refuses a keyword; line breaks are the others."""


def hint_fields(options: OpenAIRecognizerOptions, hints: Hints) -> dict[str, object]:
    """Return the fields of a request that carry hints, in the form that the model takes."""
    languages = language_codes(options, hints)
    phrases = list(filter(None, map(_in_one_line, hints.phrases)))
    fields: dict[str, object] = {}
    if options.takes_keywords:  # these models ignore or refuse the singular `language`
        if languages:
            fields["languages"] = languages
        if keywords := _keywords(phrases):
            fields["keywords"] = keywords
        phrases = []
    elif len(languages) == 1:
        fields["language"] = languages[0]
    prompt = _prompt(options.prompt or "", phrases)
    if prompt and not _refuses_prompts(options):
        fields["prompt"] = prompt
    return fields


def language_codes(options: OpenAIRecognizerOptions, hints: Hints) -> list[str]:
    """Return the languages to expect as the service names them; none if it does not know one of them.

    Servers of other vendors may know more languages, and an upload can be repeated without.
    """
    codes = list(dict.fromkeys(expected_code(tag) for tag in hints.languages if tag))
    may_be_others = not (options.is_hosted or options.is_realtime)
    return codes if may_be_others or all(map(is_documented, codes)) else []


def _in_one_line(phrase: str) -> str:
    """Return a phrase without line breaks, and without halves of surrogate pairs, which cannot be sent."""
    return " ".join(phrase.encode("utf-8", "replace").decode().split())


def _keywords(phrases: list[str]) -> list[str]:
    keywords = (_in_one_line(phrase.translate(_NOT_IN_KEYWORDS)) for phrase in phrases)
    return list(dict.fromkeys(filter(None, keywords)))[:_MOST_KEYWORDS]


def _prompt(text: str, phrases: list[str]) -> str:
    """Return a prompt of whole phrases."""
    parts = [text.strip()] if text.strip() else []
    length = len(text)
    for phrase in phrases:
        length += len(phrase) + 2
        if length > _LONGEST_PROMPT:
            break
        parts.append(phrase)
    return ", ".join(parts)


def _refuses_prompts(options: OpenAIRecognizerOptions) -> bool:
    return "diarize" in options.model_name or options.model_name.startswith("gpt-realtime-whisper")
