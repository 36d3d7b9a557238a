"""Requests to Azure OpenAI: address, key and parameters; and what `start` checks."""

from __future__ import annotations

import asyncio
import logging

import pytest

from voicebot import ProviderError

V1, BY_DEPLOYMENT = None, "2024-10-21"


@pytest.mark.parametrize("api_version", [BY_DEPLOYMENT, V1])
def test_start_uses_the_same_address_as_replies(azure, ask, api_version):
    async def talk():
        async with azure(api_version=api_version) as service:
            await ask(service.model)
            await ask(service.model)
            return [entry.body for entry in service.emulator.journal.find(what="open")]

    path = f"/openai/deployments/chat/chat/completions?api-version={BY_DEPLOYMENT}" if api_version else ""
    assert asyncio.run(talk()) == [path or "/openai/v1/chat/completions"] * 3


@pytest.mark.parametrize("api_version", [BY_DEPLOYMENT, V1])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"api_key": "sk-wrong"}, "rejected the key, which is wrong or belongs to another resource"),
        (
            {"deployment": "gpt-5.4-mini"},
            "has no deployment `gpt-5.4-mini`; `deployment` is the name you gave",
        ),
    ],
)
def test_permanent_problems_fail_at_start(azure, api_version, wrong, message):
    async def talk():
        async with azure(api_version=api_version, **wrong):
            pass

    with pytest.raises(ProviderError, match=message) as raised:
        asyncio.run(talk())
    assert not raised.value.retryable


def test_an_address_that_nothing_listens_on_fails_at_start(azure, options_of, closed_port):
    from voicebot_openai.azure_chat import AzureChatModel

    model = AzureChatModel(options_of(f"http://127.0.0.1:{closed_port}"))
    with pytest.raises(ProviderError, match="does not answer: is it running"):
        asyncio.run(model.start())


def test_a_host_that_does_not_exist_fails_at_start(options_of):
    from voicebot_openai.azure_chat import AzureChatModel

    model = AzureChatModel(options_of("http://nobody.invalid"))
    with pytest.raises(ProviderError, match=r"Azure OpenAI at nobody\.invalid cannot be found"):
        asyncio.run(model.start())


@pytest.mark.parametrize("fault", ["throttled", "status=503", "chat:hang@connect"])
def test_temporary_problems_only_warn_at_start(azure, ask, text_of, options_of, caplog, fault):
    from voicebot_emulator.account import Account
    from voicebot_emulator.script import Script
    from voicebot_emulator.server import Emulator
    from voicebot_openai.azure_chat import AzureChatModel

    caplog.set_level(logging.WARNING)

    async def talk():
        options = options_of()
        account = Account(openai_key=options.key)
        async with Emulator(Script(answered=("Aye.",)), faults=[fault], account=account) as emulator:
            model = AzureChatModel(options_of(f"http://127.0.0.1:{emulator.port}", timeout=1.0))
            await model.start()
            emulator.set_faults([])
            try:
                return text_of(await ask(model))
            finally:
                await model.aclose()

    assert asyncio.run(talk()) == "Aye."
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_other_accounts_in_the_environment_are_ignored(azure, ask, text_of, monkeypatch):
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "OPENAI_ORG_ID"):
        monkeypatch.setenv(name, "of-another-service")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_API_VERSION", "1999-01-01")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://127.0.0.1:1")

    async def talk():
        answers = []
        for api_version in (BY_DEPLOYMENT, V1):
            async with azure("Aye.", api_version=api_version) as service:
                answers.append(text_of(await ask(service.model)))
                for entry in service.emulator.journal.find(what="open"):
                    assert "another" not in str(entry.headers)
        return answers

    assert asyncio.run(talk()) == ["Aye.", "Aye."]


def test_a_reasoning_model_gets_the_parameters_it_accepts(azure, ask):
    async def talk():
        async with azure(max_tokens=80, temperature=0.5) as service:
            await ask(service.model)
            await ask(service.model)
            return service.requests()

    first, learned, second = asyncio.run(talk())
    assert (first["temperature"], first["max_completion_tokens"]) == (0.5, 80)
    assert "temperature" not in learned
    assert {"temperature", "max_tokens", "top_p"}.isdisjoint(second)
    assert (second["max_completion_tokens"], second["reasoning_effort"]) == (80, "none")


@pytest.mark.parametrize(
    ("named", "deployed", "sent"),
    [
        ("gpt-5.4-mini", "gpt-5.4-mini", {"max_completion_tokens": 80, "reasoning_effort": "none"}),
        ("gpt-5-nano", "gpt-5-nano", {"max_completion_tokens": 80, "reasoning_effort": "minimal"}),
        ("o4-mini", "o4-mini", {"max_completion_tokens": 80, "reasoning_effort": "low"}),
        ("gpt-4.1", "gpt-4.1", {"max_tokens": 80, "temperature": 0.5, "top_p": 0.9}),
    ],
)
def test_each_family_gets_its_parameters_in_the_first_request(azure, ask, named, deployed, sent):
    async def talk():
        async with azure(model=deployed, max_tokens=80, temperature=0.5, top_p=0.9) as service:
            from voicebot_openai.azure_chat import AzureChatModel

            options = service.model.options.model_copy(update={"model": named})
            model = AzureChatModel(options)
            await model.start()
            try:
                await ask(model)
            finally:
                await model.aclose()
            return service.requests()

    (request,) = asyncio.run(talk())
    usual = {"messages", "model", "stream", "stream_options"}
    assert {name: value for name, value in request.items() if name not in usual} == sent


def test_a_wrongly_named_model_is_recognised_by_what_it_rejects(azure, ask, text_of):
    async def talk():
        from voicebot_openai.azure_chat import AzureChatModel

        async with azure("Aye.", model="gpt-5.4-mini", max_tokens=80, temperature=0.5) as service:
            model = AzureChatModel(service.model.options.model_copy(update={"model": "gpt-4.1"}))
            await model.start()
            try:
                texts = [text_of(await ask(model)), text_of(await ask(model))]
            finally:
                await model.aclose()
            return texts, service.requests()

    texts, requests = asyncio.run(talk())
    assert texts == ["Aye.", "Aye."]
    assert len(requests) == 4  # two refusals in the first reply, none in the second
    assert requests[-1]["max_completion_tokens"] == 80
    assert "temperature" not in requests[-1]


def test_an_extra_field_is_sent_unchanged(azure, ask):
    async def talk():
        async with azure(extra_body={"verbosity": "low"}) as service:
            await ask(service.model)
            return service.requests()[0]

    assert asyncio.run(talk())["verbosity"] == "low"
