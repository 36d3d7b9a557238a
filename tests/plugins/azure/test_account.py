"""The account: whatever is missing or wrong is reported before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from voicebot import Advice, ConfigError, load_config
from voicebot_azure.account import SpeechAccount, known_regions
from voicebot_azure.recognition.options import AzureRecognizerOptions

KEY = "0123456789abcdef"
RESOURCE = "/subscriptions/1/resourceGroups/bot/providers/Microsoft.CognitiveServices/accounts/bot"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Azure Speech needs a `region` or an `endpoint`"),
        ({"key": KEY}, "Azure Speech needs a `region` or an `endpoint`"),
        ({"region": "westeurope"}, "Azure Speech needs a `key`, or `entra: true` to sign in without one"),
        ({"region": "westeurope", "key": ""}, "Azure Speech needs a `key`"),
        (
            {"region": "westeurope", "key": "my key"},
            "contains characters that a key cannot have; copy it again",
        ),
        ({"region": "west/europe", "key": KEY}, "should match pattern"),
        ({"key": KEY, "endpoint": "example.com"}, "must be an address such as https://NAME."),
        ({"key": KEY, "endpoint": "https://me:secret@host/"}, "must be an address such as https://NAME."),
        ({"key": KEY, "region": "westeurope", "entra": True}, "needs no `key`; write `key: null`"),
        ({"region": "westeurope", "entra": True}, "also needs the `resource_id` of the Speech resource"),
        ({"region": "westeurope", "entra": True, "resource_id": "bot"}, "should match pattern"),
        ({"key": KEY, "region": "westeurope", "proxy": "http://proxy:80"}, "should match pattern"),
        ({"key": KEY, "region": "westeurope", "proxy_user": "me"}, "need a `proxy`"),
        ({"region": "westeurope", "container": True}, "needs the container's `endpoint`"),
    ],
)
def test_an_incomplete_account_is_rejected_with_what_is_missing(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SpeechAccount(**given)
    assert says in str(caught.value)
    assert KEY not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"key": KEY, "region": "westeurope"},
        {"key": KEY, "region": "West Europe", "endpoint": ""},
        {"key": KEY, "region": "westeurope", "endpoint": "ws://127.0.0.1:1"},
        {"key": KEY, "endpoint": "https://name.cognitiveservices.azure.com/", "region": ""},
        {"key": "", "region": "westeurope", "entra": True, "resource_id": RESOURCE},
        {"container": True, "endpoint": "ws://speech:5000"},
        {"key": KEY, "region": "westeurope", "proxy": "proxy:3128", "proxy_user": "me"},
    ],
)
def test_a_complete_account_is_accepted(given: dict[str, Any]) -> None:
    account = SpeechAccount(**given)

    assert account.region in {"westeurope", None}
    assert KEY not in repr(account)


def test_only_a_recogniser_can_sign_in_with_an_endpoint_alone() -> None:
    given = {"endpoint": "https://name.cognitiveservices.azure.com/", "entra": True}

    AzureRecognizerOptions(**given)
    with pytest.raises(ValidationError, match="resource_id"):
        SpeechAccount(**given)


@pytest.mark.parametrize(
    ("given", "place", "server"),
    [
        (
            {"region": "westeurope"},
            "Azure Speech in westeurope",
            ("westeurope.stt.speech.microsoft.com", 443, True),
        ),
        ({"endpoint": "ws://127.0.0.1:81"}, "Azure Speech at 127.0.0.1:81", ("127.0.0.1", 81, False)),
        ({"endpoint": "https://name.com/x"}, "Azure Speech at name.com", ("name.com", 443, True)),
    ],
)
def test_the_server_follows_from_region_or_endpoint(
    given: dict[str, str], place: str, server: tuple[str, int, bool]
) -> None:
    account = SpeechAccount(key=KEY, **given)

    assert account.place == place
    assert account.server("stt") == server


def test_a_misspelt_region_gets_a_suggestion() -> None:
    account = SpeechAccount(key=KEY, region="swedencentrl")

    (advice,) = account.advice("en-US")

    assert advice == Advice(
        "region",
        "'swedencentrl' is not a known region of Azure Speech; did you mean 'swedencentral'?",
    )
    assert all(not list(SpeechAccount(key=KEY, region=known).advice("en")) for known in known_regions())


def recognizer_advice(**options: Any) -> list[tuple[str, str]]:
    options = {"key": KEY, "region": "swedencentral", **options}
    return [(a.option, a.severity) for a in AzureRecognizerOptions(**options).advice("en-US")]


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({}, []),
        ({"languages": ["en-US"] * 4}, []),
        ({"languages": ["en-US"] * 5}, [("languages", "error")]),
        ({"languages": ["en-US"] * 10, "language_id": "continuous"}, []),
        ({"languages": ["en-US"] * 11, "language_id": "continuous"}, [("languages", "error")]),
        ({"segmentation_maximum": 19.9}, [("segmentation_maximum", "error")]),
        ({"segmentation_maximum": 71}, [("segmentation_maximum", "error")]),
        ({"segmentation_maximum": 20}, []),
        ({"segmentation_silence": None}, []),
        ({"segmentation_maximum": 40, "segmentation_silence": None}, [("segmentation_maximum", "warning")]),
        ({"properties": {"Speech_SegmentationMaximumTimeMs": "5000"}}, [("properties", "error")]),
        ({"properties": {"Speech_SegmentationStrategy": "Semantic"}}, [("properties", "warning")]),
        ({"properties": {"Speech_SegmentationStrategy": "Time"}}, []),
    ],
)
def test_unwise_recogniser_options_get_advice(options: dict[str, Any], advice: list[tuple[str, str]]) -> None:
    assert recognizer_advice(**options) == advice


@pytest.mark.parametrize(("installed", "advised"), [("1.51.2", True), ("1.52.0", False), ("2.0.0", False)])
def test_an_sdk_that_cannot_commit_is_warned_of(
    installed: str, advised: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = tmp_path / f"azure_cognitiveservices_speech-{installed}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Name: azure-cognitiveservices-speech\nVersion: {installed}\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert recognizer_advice() == ([("commit", "warning")] if advised else [])
    assert recognizer_advice(commit="off") == []


def test_a_problem_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text(
        "recognizer:\n  provider: azure-stt\n  key: ${KEY:-abc}\n  region: swedencentral\n"
        "  segmentation_maximum: 5\nchat: {provider: script, default: [Yes.]}\n"
        "synthesizer: {provider: espeak}\n"
    )

    with pytest.raises(ConfigError) as caught:
        load_config(str(path))

    assert [(p.line, p.message) for p in caught.value.problems if p.severity == "error"] == [
        (5, "azure-stt: the service takes a maximum of 20 to 70 s, not 5 s")
    ]


def test_every_option_is_described() -> None:
    descriptions = AzureRecognizerOptions.model_json_schema()["properties"]

    assert all(field.get("description") for field in descriptions.values())


def test_a_malformed_language_tag_is_rejected_with_an_example() -> None:
    with pytest.raises(ValidationError, match="'german' is not a language tag; did you mean de-DE"):
        AzureRecognizerOptions(key="k", region="swedencentral", languages=("en-US", "german"))
