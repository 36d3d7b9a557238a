"""What a model is told to expect: languages, and phrases as keywords or as a prompt."""

from __future__ import annotations

from voicebot import Hints
from voicebot_openai.recognition.options import OpenAIRecognizerOptions

_LONGEST_PROMPT = 600
"""Characters: Whisper reads only the last 224 tokens."""
_MOST_KEYWORDS = 100


def hint_fields(options: OpenAIRecognizerOptions, hints: Hints) -> dict[str, object]:
    """Return the fields of a request that carry hints, in the form that the model takes."""
    languages = list(dict.fromkeys(tag.partition("-")[0].lower() for tag in hints.languages if tag))
    phrases = [" ".join(phrase.split()) for phrase in hints.phrases if phrase.strip()]
    fields: dict[str, object] = {}
    if len(languages) == 1:
        fields["language"] = languages[0]
    elif languages and options.takes_keywords:
        fields["languages"] = languages
    if options.takes_keywords and phrases:
        fields["keywords"] = phrases[:_MOST_KEYWORDS]
        phrases = []
    prompt = _prompt(options.prompt or "", phrases)
    if prompt and not _refuses_prompts(options):
        fields["prompt"] = prompt
    return fields


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
