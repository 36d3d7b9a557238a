"""Placeholders that were never filled in, and values that only look like them."""

from __future__ import annotations

import pytest

from voicebot.config.checking.placeholders import is_placeholder

NEVER_FILLED_IN = """\
<your key>
<KEY>
your-key-here
YOUR_API_KEY
your key
yourapikey
changeme
change-me
CHANGE_ME
replace-with-your-key
insert-key-here
enter your key
xxxx
XXXXXXXXXXXXXXXX
xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx
sk-...
sk-xxxx
sk-proj-...
...
****
____
TODO
placeholder
[your key]
Bearer <token>
{key}
""".splitlines()
ADDRESSES = """\
https://<resource>.openai.azure.com/
https://<your-resource-name>.openai.azure.com
https://{resource}.openai.azure.com/
https://NAME.openai.azure.com/
https://YOUR-RESOURCE.openai.azure.com/
https://your-resource-name.cognitiveservices.azure.com
https://your_resource.openai.azure.com
https://....openai.azure.com
https://[resource].openai.azure.com/
wss://HOST:5000
""".splitlines()


@pytest.mark.parametrize("text", [*NEVER_FILLED_IN, *ADDRESSES])
@pytest.mark.parametrize("secret", [True, False])
def test_a_placeholder_is_recognised(text, secret):
    assert is_placeholder(text, secret=secret, from_variable=True)


@pytest.mark.parametrize("text", "key my-api-key KEY_1 secret abc123... 8f3a**** password".split())
def test_a_secret_that_repeats_its_name_or_is_abbreviated_is_a_placeholder(text):
    assert is_placeholder(text, secret=True, from_variable=False)
    assert not is_placeholder(text, secret=False, from_variable=True)


@pytest.mark.parametrize(
    "text",
    """sk-proj-9aXbcd0123 0123456789abcdef0123456789abcdef none dummy not-needed EMPTY ollama
    sk-no-key-required
    swedencentral en-US-AvaMultilingualNeural my-deployment my-model gpt-4o-mini llama3.2 yourself
    https://contoso.openai.azure.com/ https://my-resource-17.openai.azure.com/
    http://localhost:11434/v1
    http://[::1]:8080/v1 ws://127.0.0.1:5000 https://name.example/v1 talks/{started}.md tests todo-list
    lm-studio 12345678 insertion""".split(),
)
def test_a_plausible_value_is_not_a_placeholder(text):
    assert not is_placeholder(text, secret=True, from_variable=True)
    assert not is_placeholder(text, secret=False, from_variable=True)


@pytest.mark.parametrize("text", ["your move", "xxxx", "[laughs]", "change it"])
def test_text_to_be_spoken_is_not_a_placeholder(text):
    assert not is_placeholder(text, secret=False, from_variable=False)
