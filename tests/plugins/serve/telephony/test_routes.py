"""A carrier's webhook and calls over real sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
import websockets
from tests.plugins.serve.serving import serving
from websockets.asyncio.client import connect

from voicebot import SecretStr
from voicebot_serve.options import ServeOptions
from voicebot_serve.telephony.carrier import CarrierRequest

from .simulated_phone import SimulatedPhone
from .test_telnyx import BODY, TELNYX, request
from .vonage import Vonage, VonageOptions

OPTIONS = ServeOptions(telephony={"twilio": {"auth_token": "12345"}})
FORM = {"CallSid": "CA0", "From": "+1 415", "To": ""}
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def signed(url: str, form: Mapping[str, str]) -> dict[str, str]:
    text = url + "".join(name + value for name, value in sorted(form.items()))
    digest = hmac.new(b"12345", text.encode(), hashlib.sha1).digest()
    return {"X-Twilio-Signature": base64.b64encode(digest).decode()}


@pytest.mark.parametrize("path", ["/telephony/twilio", "/bot/telephony/twilio"])
@pytest.mark.parametrize(
    ("proxy", "public", "stream"),
    [
        ({}, "http://127.0.0.1:{port}", "ws://127.0.0.1:{port}"),
        (
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "bot.example.com"},
            "https://bot.example.com",
            "wss://bot.example.com",
        ),
    ],
    ids=["direct", "behind a proxy"],
)
def test_a_signed_webhook_is_told_where_to_stream_the_call(
    path: str, proxy: dict[str, str], public: str, stream: str
) -> None:
    async def run() -> None:
        async with serving(OPTIONS) as running:
            url = public.format(port=running.port) + path
            headers = {**FORM_TYPE, **proxy, **signed(url, FORM)}
            status, fields, text = await running.get(path, "POST", headers, urlencode(FORM))
            assert (status, fields["content-type"]) == (200, "text/xml; charset=utf-8")
            assert f'<Stream url="{stream.format(port=running.port)}{path}">' in text
            assert '<Parameter name="from" value="+1 415"/>' in text
            running.server.sessions.is_draining = True
            assert (await running.get(path, "POST", headers, urlencode(FORM)))[0] == 503

    asyncio.run(run())


def test_row_12_what_nobody_signed_is_refused() -> None:
    async def run() -> None:
        async with serving(OPTIONS) as running:
            path = "/telephony/twilio"
            forged = {**FORM_TYPE, "X-Twilio-Signature": "bm8="}
            assert (await running.get(path, "POST", forged, urlencode(FORM)))[0] == 403
            assert (await running.get(path))[0] == 403
            assert (await running.get("/telephony/other"))[0] == 404
            assert (await running.get(path, "POST", FORM_TYPE, "a" * 100_001))[0] == 400
            for url, expected in [(path, 403), ("/telephony/other", 403)]:
                with pytest.raises(websockets.InvalidStatus) as error:
                    async with connect(running.url(url), additional_headers=forged):
                        pass
                assert error.value.response.status_code == expected

    asyncio.run(run())


class Trusting(Vonage):
    """Takes all requests for genuine."""

    def is_genuine(self, request: CarrierRequest) -> bool:
        return True


def test_a_carrier_gets_the_body_and_the_query_as_they_were_sent() -> None:
    async def run() -> None:
        async with serving(OPTIONS) as running:
            vonage = Trusting(VonageOptions(signature_secret=SecretStr("secret")))
            running.server.bots["bot"].carriers = {"telnyx": TELNYX, "vonage": vonage}
            path = "/telephony/telnyx"
            headers = {**FORM_TYPE, **request().headers}
            status, _, text = await running.get(path, "POST", headers, BODY.decode())
            assert status == 200
            assert (await running.get(path, "POST", headers, BODY.decode() + "&"))[0] == 403
            token = re.findall(r"\?token=(\w+)", text)[0]
            async with connect(f"{running.url(path)}?token={token}"):
                pass
            with pytest.raises(websockets.InvalidStatus, match="403"):
                async with connect(running.url(path)):
                    pass
            assert '"call": "a b"' in (await running.get("/telephony/vonage?uuid=a%20b"))[2]

    asyncio.run(run())


def test_a_carrier_in_a_config_lets_in_nobody_else() -> None:
    async def run() -> None:
        async with serving(OPTIONS) as running:
            with pytest.raises(websockets.InvalidStatus) as error:
                async with connect(running.url()):
                    pass
            assert error.value.response.status_code == 401

    asyncio.run(run())


def test_a_signed_call_is_answered_in_sound_with_marks() -> None:
    async def run() -> None:
        async with serving(OPTIONS) as running:
            url, phone = running.url("/telephony/twilio"), SimulatedPhone()
            async with connect(url, additional_headers=signed(url, {}), max_queue=None) as call:
                for message in [*phone.start({}), phone.press("1"), phone.press("#")]:
                    await call.send(message)
                events = set()
                async for message in call:
                    phone.receive(str(message))
                    events.add(json.loads(message)["event"])
                    if events == {"media", "mark"}:
                        break
            assert phone.problems == []

    asyncio.run(run())
