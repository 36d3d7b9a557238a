"""What the options of Azure Speech tell `voicebot doctor`."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from voicebot import ServerAddress
from voicebot.cli.commands.doctor.providers import option_results
from voicebot.cli.commands.doctor.settings import config_results, read_config
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.voices.facts import voice_facts

VOICE = "en-US-AvaMultilingualNeural"
TODAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return the environment without proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_each_service_has_its_own_host_or_both_have_the_endpoint() -> None:
    heard = AzureRecognizerOptions(key="k", region="westeurope")
    spoken = AzureSynthesizerOptions(key="k", endpoint="ws://127.0.0.1:5000", voice=VOICE)

    assert list(heard.server_addresses()) == [
        ServerAddress("westeurope.stt.speech.microsoft.com", 443, tls=True)
    ]
    assert list(spoken.server_addresses()) == [ServerAddress("127.0.0.1", 5000, tls=False)]


def test_the_proxy_of_the_options_is_the_way_and_its_login_is_hidden() -> None:
    options = AzureRecognizerOptions(
        key="k", region="westeurope", proxy="proxy:8080", proxy_user="a@b", proxy_password="sword:fish"
    )

    (address,) = options.server_addresses()

    assert address.proxy is not None
    assert address.proxy.get_secret_value() == "http://a%40b:sword%3Afish@proxy:8080"
    assert "sword" not in repr(address)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_used_by_the_sdk(
    environ: pytest.MonkeyPatch, variable: str
) -> None:
    environ.setenv(variable, "http://me:swordfish@proxy:8080")

    (found,) = AzureRecognizerOptions(key="k", region="westeurope").diagnose()

    assert (found.check, found.verdict) == ("proxy", "warning")
    assert found.message.startswith("the Speech SDK connects to westeurope.stt.speech.microsoft.com directly")
    assert f"the proxy that {variable.upper()} names" in found.message


@pytest.mark.parametrize(
    ("exempt", "options"),
    [
        ("", {"endpoint": "ws://127.0.0.1:5000"}),
        (".microsoft.com", {"region": "westeurope"}),
        ("", {"region": "westeurope", "proxy": "proxy:8080"}),
    ],
)
def test_nothing_is_said_if_the_proxy_is_not_for_this_host_or_another_is_set(
    environ: pytest.MonkeyPatch, exempt: str, options: dict[str, str]
) -> None:
    environ.setenv("ALL_PROXY", "http://proxy:8080")
    environ.setenv("NO_PROXY", exempt)

    assert list(AzureRecognizerOptions.model_validate({"key": "k", **options}).diagnose()) == []


@pytest.mark.parametrize(
    ("voice", "region", "expected"),
    [
        (VOICE, "westeurope", [("retirement", "ok")]),
        ("en-GB-MiaNeural", None, [("retirement", "problem")]),
        ("en-US-JessaNeural", None, [("retirement", "problem")]),
        ("en-US-OnyxMultilingualNeuralHD", "westeurope", [("retirement", "ok"), ("voice-region", "problem")]),
        ("en-US-OnyxMultilingualNeuralHD", "swedencentral", [("retirement", "ok"), ("voice-region", "ok")]),
    ],
)
def test_what_is_known_about_a_voice_has_the_date_on_which_it_was_read(
    voice: str, region: str | None, expected: list[tuple[str, str]]
) -> None:
    found = list(voice_facts(voice, region, TODAY))

    assert [(each.check, each.verdict) for each in found] == expected
    assert all("by Microsoft's pages of 2026-11-22" in each.message for each in found)


def test_a_voice_that_retires_soon_is_a_warning_before_the_day_and_a_problem_after_it() -> None:
    before = [
        next(voice_facts("en-GB-MiaNeural", None, date(2021, month, 1))).verdict for month in (3, 9, 11)
    ]

    assert before == ["ok", "warning", "problem"]


def test_doctor_tells_once_what_the_config_warns_of_too(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environ.setenv("VOICE", "en-GB-MiaNeural")
    path = tmp_path / "bot.yaml"
    path.write_text(
        "extends: offline.yaml\n"
        "synthesizer: {provider: azure-tts, key: 0a1b2c3d4e5f60718293a4b5c6d7e8f9, region: westeurope, "
        "voice: '${VOICE}'}\n"
    )
    found = read_config(path, ())
    assert found.config is not None
    assert any("was retired" in problem.message for problem in found.problems)

    options = asyncio.run(option_results(found.config))
    told = [*config_results(found, options), *options]

    retired = [each for each in told if "was retired" in each.finding.message]
    assert [(each.finding.check, each.finding.verdict) for each in retired] == [("retirement", "problem")]
    assert sum("is a secret in plain text" in each.finding.message for each in told) == 1
