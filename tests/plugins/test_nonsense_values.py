"""Nonsensical values are reported with their option by the config check, if that needs no network."""

from __future__ import annotations

import pytest

from voicebot import ConfigError, load_config

PARTS = {
    "recognizer": "{provider: pocketsphinx}",
    "chat": "{provider: script, default: [hi]}",
    "synthesizer": "{provider: espeak}",
    "device": "{provider: keyboard}",
}
SPEECH = "key: '${KEY}', region: swedencentral"
AZURE = "provider: azure-openai, endpoint: 'https://contoso.openai.azure.com', api_key: '${KEY}'"
OPENAI = "provider: openai, api_key: '${OPENAI}'"


@pytest.fixture
def told(tmp_path):
    def told(section, value):
        path = tmp_path / "bot.yaml"
        parts = PARTS | {section: value}
        path.write_text("".join(f"{name}: {part}\n" for name, part in parts.items()), encoding="utf-8")
        try:
            problems = load_config(path, environ={"KEY": "0" * 32, "OPENAI": "sk-0123"}).warnings
        except ConfigError as error:
            problems = error.problems
        return [f"{problem.severity}: {problem.message}" for problem in problems]

    return told


@pytest.mark.parametrize(
    ("section", "value", "message"),
    [
        ("language", "english", "error: language: 'english' is not a language tag; did you mean en-US?"),
        (
            "language",
            "xx-YY",
            "error: language: 'xx-YY' is not a known language; write one such as en-US, de-DE or pt-BR",
        ),
        (
            "language",
            "de-DE",
            "warning: pocketsphinx: the models that come with pocketsphinx hear English, not",
        ),
        (
            "synthesizer",
            "{provider: espeak, voice: en-uk}",
            "error: espeak: espeak-ng has no voice 'en-uk'; similar",
        ),
        (
            "synthesizer",
            "{provider: cache, of: {provider: espeak, voice: en-us+m99}}",
            "error: espeak: the voice 'en-us' has no variant 'm99'; similar names: ",
        ),
        ("synthesizer", "{provider: cache, of: {provider: espeak}, folder: bot.yaml}", "error: cache: '"),
        (
            "synthesizer",
            f"{{provider: azure-tts, {SPEECH}, language: german}}",
            "error: language: 'german' is not a language tag; did you mean de-DE?",
        ),
        (
            "synthesizer",
            f"{{provider: azure-tts, {SPEECH}, voice: en-US-JennyNeural, style: pirate}}",
            "error: azure-tts: `en-US-JennyNeural` has no style 'pirate'; it has angry, ",
        ),
        (
            "recognizer",
            f"{{provider: azure-stt, {SPEECH}, languages: [en_US]}}",
            "error: item 1 of languages: 'en_US'",
        ),
        (
            "recognizer",
            f"{{provider: azure-stt, {SPEECH}, languages: [en-FR]}}",
            "warning: azure-stt: Azure Speech is not known to recognise en-FR; it recognises ",
        ),
        (
            "recognizer",
            f"{{provider: azure-stt, {SPEECH}, endpoint_id: x}}",
            "warning: azure-stt: `endpoint_id` is",
        ),
        (
            "recognizer",
            f"{{provider: azure-stt, {SPEECH}, proxy: 'a:70000'}}",
            "error: proxy: the port must be",
        ),
        (
            "recognizer",
            "{provider: azure-stt, entra: true, region: westus, resource_id: /subscriptions/x}",
            "warning: azure-stt: `resource_id` is not of the form /subscriptions/ID/resourceGroups/",
        ),
        (
            "recognizer",
            "{provider: pocketsphinx, language_model: nowhere.lm}",
            "error: pocketsphinx: there is no file or folder '",
        ),
        ("chat", f"{{{AZURE}, deployment: 'a b'}}", "warning: azure-openai: `deployment` is not a valid"),
        (
            "chat",
            f"{{{AZURE}, deployment: d, model: gtp-5-mini}}",
            "warning: azure-openai: 'gtp-5-mini' is not a known",
        ),
        (
            "chat",
            f"{{{AZURE}, deployment: d, api_version: 2024-13-01}}",
            "error: api_version: '2024-13-01' is not a date such as 2024-10-21",
        ),
        (
            "chat",
            f"{{{OPENAI}, model: gtp-4.1}}",
            "warning: openai: 'gtp-4.1' is not a known model; did you mean",
        ),
        (
            "chat",
            f"{{{OPENAI}, model: gpt-5.1, reasoning_effort: hgih}}",
            "warning: openai: 'hgih' is not a known reasoning effort; did you mean 'high'?",
        ),
        ("device", "{provider: wav, input: nowhere.wav}", "error: wav: there is no file '"),
        ("device", "{provider: wav, output: nowhere/a.wav}", "error: wav: there is no folder '"),
        ("device", "{provider: sound-card, microphone: -1}", "error: microphone: there is no number -1"),
        (
            "voice_activity",
            "{provider: silero, start: 0.2, stop: 0.6}",
            "error: silero: `stop` (0.6) must not be above `start` (0.2)",
        ),
        (
            "observers",
            "[{provider: opentelemetry, endpoint: 'https://<host>'}]",
            "error: endpoint is still a placeh",
        ),
    ],
)
def test_a_nonsensical_value_is_reported(told, section, value, message):
    assert [one for one in told(section, value) if one.startswith(message)]


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("language", "en-GB"),
        ("synthesizer", "{provider: espeak, voice: de+f2}"),
        ("synthesizer", f"{{provider: azure-tts, {SPEECH}, voice: en-US-JennyNeural, style: cheerful}}"),
        ("recognizer", f"{{provider: azure-stt, {SPEECH}, languages: [de-DE, zh-CN-sichuan]}}"),
        (
            "chat",
            f"{{{AZURE}, deployment: my-own.deployment_1, model: Llama-3.3-70B, reasoning_effort: low}}",
        ),
        ("chat", f"{{{OPENAI}, model: 'ft:gpt-5.1:contoso::abc'}}"),
        (
            "chat",
            "{provider: openai, model: 'any model', base_url: 'http://localhost:1/v1', reasoning_effort: x}",
        ),
        ("device", "{provider: wav, input: bot.yaml, output: a.wav}"),
        ("device", "{provider: sound-card, microphone: '', speaker: 0}"),
    ],
)
def test_a_plausible_value_is_accepted(told, section, value):
    assert told(section, value) == []
