"""What the options of OpenAI's API tell `voicebot doctor`."""

from __future__ import annotations

from datetime import date

import pytest

from voicebot import ServerAddress
from voicebot_openai.azure_options import AzureChatOptions, retirement_finding
from voicebot_openai.options import OpenAIChatOptions
from voicebot_openai.synthesis.options import OpenAISynthesizerOptions

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://api.example.com/v1", ServerAddress("api.example.com", 443, True, environment_proxy=True)),
        ("http://me:secret@example.com:81", ServerAddress("example.com", 81, False, environment_proxy=True)),
        ("http://localhost:11434/v1", ServerAddress("localhost", 11434, False)),
    ],
)
def test_the_server_is_reached_through_the_proxy_of_the_environment_unless_it_is_here(
    base_url: str, expected: ServerAddress
) -> None:
    assert list(OpenAIChatOptions(model="m", base_url=base_url).server_addresses()) == [expected]


@pytest.mark.parametrize(
    ("name", "verdict", "message"),
    [
        ("my-gpt-4o-deployment", "problem", "gpt-4o was retired on 2026-10-01"),
        ("gpt-5.2", "warning", "gpt-5.2 will be retired on 2026-12-12"),
        ("gpt-5.4-mini", "ok", "gpt-5.4-mini will be retired on 2027-03-18"),
        ("bot", "skipped", "the model that 'bot' is cannot be told from its name, or has no date"),
    ],
)
def test_the_retirement_of_a_model_has_the_date_on_which_it_was_read(
    name: str, verdict: str, message: str
) -> None:
    found = retirement_finding(name, TODAY)

    assert (found.check, found.verdict) == ("retirement", verdict)
    assert found.message == f"{message}, by Microsoft's schedule as read on 2026-11-22"


@pytest.mark.parametrize(
    ("today", "verdict", "when"),
    [
        (date(2026, 10, 12), "ok", "will be"),
        (date(2026, 10, 13), "warning", "will be"),
        (date(2026, 12, 11), "warning", "will be"),
        (date(2026, 12, 12), "problem", "was"),
    ],
)
def test_a_retirement_is_warned_of_for_sixty_days_before(today: date, verdict: str, when: str) -> None:
    found = retirement_finding("gpt-5.2", today)

    assert found.verdict == verdict
    assert found.message.startswith(f"gpt-5.2 {when} retired on 2026-12-12, ")


def test_a_model_without_a_date_needs_no_remedy() -> None:
    found = retirement_finding("gpt-9", TODAY, is_model=True)

    assert (found.verdict, found.remedy) == ("ok", "")
    assert found.message == "gpt-9 has no date of retirement, by Microsoft's schedule as read on 2026-11-22"


def test_a_deployment_is_known_by_its_model_if_that_is_configured() -> None:
    options = AzureChatOptions(
        endpoint="https://me.openai.azure.com/", deployment="bot", model="gpt-4.1", api_key="k"
    )

    (found,) = options.diagnose()

    assert found.message.startswith("gpt-4.1 was retired on 2026-10-14")


def test_a_voice_of_another_server_has_no_announced_end() -> None:
    options = OpenAISynthesizerOptions(model="tts-1", base_url="http://localhost:8000/v1")

    assert list(options.diagnose()) == []
