"""The carriers that a config chooses, a stranger's among them."""

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from voicebot_serve.telephony.carrier import CarrierRequest
from voicebot_serve.telephony.carriers import GROUP, CarrierError, chosen_carriers

from . import vonage

OURS = EntryPoint("twilio", "voicebot_serve.telephony.twilio:Twilio", GROUP)


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)


class Clumsy(vonage.Vonage):
    """A carrier with a bug."""

    def __init__(self, options: vonage.VonageOptions) -> None:
        raise KeyError(options.signature_secret.get_secret_value())


class Stranger:
    """An entry point of a module that is not installed."""

    def __init__(self, carrier: type = vonage.Vonage) -> None:
        self.name = carrier.__name__.lower()
        self.value = f"vonage:{carrier.__name__}"
        self._carrier = carrier

    def load(self) -> type:
        return self._carrier


def test_ours_is_installed_like_any_other() -> None:
    assert list(chosen_carriers({"twilio": {"auth_token": "12345"}})) == ["twilio"]


def test_a_stranger_needs_one_file() -> None:
    chosen = chosen_carriers({"vonage": {"signature_secret": "s"}}, [OURS, Stranger()])["vonage"]  # type: ignore[list-item]
    answer = chosen.answer(CarrierRequest("https://a.example/telephony/vonage", {}), "wss://a.example/x")
    assert answer[0] == "application/json"
    assert '"uri": "wss://a.example/x"' in answer[1]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            {"vonaje": {}},
            "`serve.telephony.vonaje`: no such carrier is installed; there are: broken, clumsy, other, ",
        ),
        ({"twilio": {}}, "`serve.telephony.twilio.auth_token`: Field required"),
        (
            {"twilio": {"auth_token": 5}},
            "`serve.telephony.twilio.auth_token`: Input should be a valid string",
        ),
        (
            {"twilio": {"auth_token": "12345", "key": 1}},
            "`serve.telephony.twilio.key`: Extra inputs are not permitted",
        ),
        ({"broken": {}}, "`serve.telephony.broken`: its plugin cannot be imported: ModuleNotFoundError"),
        (
            {"clumsy": {"signature_secret": "12345"}},
            "`serve.telephony.clumsy`: its plugin is broken: KeyError",
        ),
        ({"other": {}}, "`serve.telephony.other`: json:dumps is not a subclass of Carrier"),
    ],
)
def test_what_cannot_be_used_is_one_line(options: dict[str, dict[str, object]], complaint: str) -> None:
    broken, other = entry("broken", "no_such_module:X"), entry("other", "json:dumps")
    installed: list[Any] = [OURS, broken, other, Stranger(Clumsy)]
    with pytest.raises(CarrierError) as raised:
        chosen_carriers(options, installed)
    assert str(raised.value).startswith(complaint)
    assert "\n" not in str(raised.value)
    assert "12345" not in str(raised.value)
