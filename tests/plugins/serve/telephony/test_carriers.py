"""The carriers that a config chooses, a stranger's among them."""

from importlib.metadata import EntryPoint

import pytest

from voicebot_serve.telephony.carrier import CarrierRequest
from voicebot_serve.telephony.carriers import GROUP, CarrierError, chosen_carriers

from . import vonage

OURS = EntryPoint("twilio", "voicebot_serve.telephony.twilio:Twilio", GROUP)


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)


class Stranger:
    """An entry point of a module that is not installed."""

    name = "vonage"
    value = "vonage:Vonage"

    def load(self) -> type:
        return vonage.Vonage


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
            "`serve.telephony.vonaje`: no such carrier is installed; there are: broken, other, twilio",
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
        ({"other": {}}, "`serve.telephony.other`: json:dumps is not a subclass of Carrier"),
    ],
)
def test_what_cannot_be_used_is_one_line(options: dict[str, dict[str, object]], complaint: str) -> None:
    installed = [OURS, entry("broken", "no_such_module:X"), entry("other", "json:dumps")]
    with pytest.raises(CarrierError) as raised:
        chosen_carriers(options, installed)
    assert str(raised.value).startswith(complaint)
    assert "\n" not in str(raised.value)
    assert "12345" not in str(raised.value)
