"""The options for Azure OpenAI: what is accepted, rejected and advised against."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from voicebot import Registry
from voicebot_openai import voicebot_register
from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.models import Family, family_of, retirement_of


def advice(options):
    return {advice.option: advice.message for advice in options.advice("en-US")}


def test_the_plugin_registers_the_chat_model():
    registry = Registry()
    voicebot_register(registry)
    registration = registry.get("chat", "azure-openai")
    assert registration is not None
    assert registration.options is AzureChatOptions


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"api_key": None}, "needs an `api_key`, or `entra: true`"),
        ({"api_key": " "}, "needs an `api_key`, or `entra: true`"),
        ({"api_key": "sk-\u2026"}, "copy it again"),
        ({"entra": True}, "needs no `api_key`; write `api_key: null`"),
        ({"endpoint": "pirates.openai.azure.com"}, "must be an address such as https://NAME.openai"),
        ({"endpoint": "https://me:secret@pirates.openai.azure.com"}, "must be an address such as"),
        ({"endpoint": ""}, "must be an address such as"),
        ({"deployment": ""}, "deployment"),
        ({"api_version": "v1"}, "api_version"),
        ({"temperature": 3}, "temperature"),
        ({"retry_budget": -1}, "retry_budget"),
        ({"model_name": "x"}, "model_name"),
    ],
)
def test_options_that_cannot_work_are_rejected(options_of, wrong, message):
    with pytest.raises(ValidationError, match=message):
        options_of(**wrong)


def test_empty_variables_count_as_unset(options_of):
    options = options_of(api_version="", model="")
    assert (options.api_version, options.model) == (None, None)
    assert options_of(entra=True, api_key="").key == ""


def test_the_key_is_never_shown(options_of, key):
    assert key not in f"{options_of()!r} {options_of()}"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://pirates.openai.azure.com",
        "https://pirates.openai.azure.com/openai/v1/",
        "https://pirates.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21",
        "https://pirates.openai.azure.com/api/projects/one",
    ],
)
def test_only_the_part_of_an_endpoint_that_names_the_resource_is_used(options_of, endpoint):
    assert options_of(endpoint).url == "https://pirates.openai.azure.com"


def test_the_path_of_a_gateway_is_kept(options_of):
    options = options_of("https://gateway.azure-api.net/pirates/openai/v1")
    assert options.url == "https://gateway.azure-api.net/pirates"


@pytest.mark.parametrize(
    ("endpoint", "api_version", "scope"),
    [
        ("https://p.openai.azure.com", None, "https://ai.azure.com/.default"),
        ("https://p.openai.azure.com", "2024-10-21", "https://cognitiveservices.azure.com/.default"),
        ("https://p.openai.azure.us", None, "https://cognitiveservices.azure.us/.default"),
    ],
)
def test_each_api_needs_a_scope_of_its_own(options_of, endpoint, api_version, scope):
    assert options_of(endpoint, api_version=api_version).scope == scope


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://pirates.openai.azure.com/",
        "https://pirates.services.ai.azure.com/",
        "https://pirates.cognitiveservices.azure.com",
        "http://127.0.0.1:8765",
    ],
)
def test_a_usual_endpoint_needs_no_advice(options_of, endpoint):
    assert advice(options_of(endpoint)) == {}


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [
        ("https://api.openai.com/v1", "use `provider: openai`"),
        ("https://swedencentral.stt.speech.microsoft.com", "belongs to Azure Speech"),
        ("https://swedencentral.api.cognitive.microsoft.com/", "belongs to Azure Speech"),
        ("https://llm.example.org", "does not look like Azure OpenAI"),
        ("https://pirates.openai.azure.com/openai/v1/", "only https://pirates.openai.azure.com/ is used"),
        (
            "https://pirates.openai.azure.com/?api-version=2024-10-21",
            "only https://pirates.openai.azure.com/",
        ),
        ("http://pirates.openai.azure.com/", "unencrypted; write https://"),
    ],
)
def test_an_endpoint_that_is_not_azure_openai_is_warned_of(options_of, endpoint, message):
    assert message in advice(options_of(endpoint))["endpoint"]


def test_parameters_that_a_reasoning_model_rejects_are_warned_of(options_of):
    options = options_of(deployment="my-gpt-5.5", temperature=0.9, top_p=0.5, max_tokens=500)
    warnings = advice(options)
    assert set(warnings) >= {"temperature", "top_p", "max_tokens"}
    assert warnings["temperature"] == (
        "`temperature` is not sent: my-gpt-5.5 is a reasoning model, which rejects it"
    )
    assert "includes the reasoning" in warnings["max_tokens"]


def test_an_effort_for_a_model_without_reasoning_is_warned_of(options_of):
    warnings = advice(options_of(model="gpt-4.1", temperature=0.9, reasoning_effort="low"))
    assert "is not a reasoning model" in warnings["reasoning_effort"]
    assert "temperature" not in warnings


def test_a_retired_model_is_warned_of_where_it_is_named(options_of):
    source = "by Microsoft's schedule as read on 2026-11-22"
    message = f"gpt-4o-mini was retired on 2026-10-01, {source}; deploy a newer model in ai.azure.com"
    assert advice(options_of(deployment="gpt-4o-mini"))["deployment"] == message
    assert advice(options_of(model="gpt-4o-mini"))["model"] == message


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gpt-4.1-nano", Family(reasoning=False)),
        ("gpt4o", Family(reasoning=False)),
        ("GPT-4o-mini", Family(reasoning=False)),
        ("gpt-5", Family(True, "minimal")),
        ("my-gpt-5-mini_eu", Family(True, "minimal")),
        ("gpt-5.1", Family(True, "none")),
        ("gpt-5.4-mini-2026-03-17", Family(True, "none")),
        ("gpt-6-luna", Family(True, "none")),
        ("gpt-5-pro", Family(reasoning=True)),
        ("gpt-5.3-codex", Family(True, "low")),
        ("o3", Family(True, "low")),
        ("o4-mini-2025-04-16", Family(True, "low")),
        ("gpt-5-chat", None),
        ("chat", None),
        ("demo3", None),
        ("gpt-4o-audio-preview", None),
    ],
)
def test_the_family_follows_from_the_name(name, family):
    assert family_of(name) == family


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("gpt-4o", "gpt-4o"),
        ("prod-gpt-4o-mini-2", "gpt-4o-mini"),
        ("gpt-5.4-mini-2026-03-17", "gpt-5.4-mini"),
        ("gpt-5-2025-08-07", "gpt-5"),
        ("gpt-4o-audio", None),
        ("gpt-5.6", None),
        ("demo1", None),
        ("chat", None),
    ],
)
def test_a_model_is_found_in_the_name_of_its_deployment(name, model):
    found = retirement_of(name)
    assert (found[0] if found else None) == model


def test_every_option_is_documented():
    options = AzureChatOptions.model_json_schema()["properties"]
    assert [name for name, option in options.items() if not option.get("description")] == []
    assert list(options)[:3] == ["endpoint", "deployment", "api_key"]


def test_a_name_that_only_begins_like_this_machine_is_not_local(options_of):
    assert not options_of("http://127.0.0.1.example.com").is_local
    assert options_of("http://127.0.0.2:8765").is_local
