"""What a use costs, and what is said of it."""

from __future__ import annotations

from datetime import date

import pytest

from voicebot import Cost, Price, Prices, ProviderUsed, cost_line, load_prices, money_text, use_line

DAY = date(2026, 11, 1)
PRICES = Prices(
    (
        Price("brain", DAY, "small*", input=1.0, cached=0.1, output=4.0),
        Price("brain", date(2026, 3, 1), input=2.0, output=8.0),
        Price("ears", DAY, hour=3.6),
        Price("mouth", DAY, characters=15.0),
        Price("*-here", DAY, free=True),
    )
)


def chat(model: str, **tokens: int) -> ProviderUsed:
    return ProviderUsed(1.0, "chat", "brain", model, **tokens)


@pytest.mark.parametrize(
    ("used", "money"),
    [
        (chat("small-1", input_tokens=1_000_000), 1.0),
        (chat("Small-1", input_tokens=1_000_000, cached_tokens=1_000_000), 0.1),
        (chat("small-1", output_tokens=500_000), 2.0),
        (chat("large", input_tokens=1_000_000, cached_tokens=500_000), 2.0),
        (ProviderUsed(1.0, "recognizer", "ears", seconds=10.0), 0.01),
        (ProviderUsed(1.0, "synthesizer", "mouth", characters=2_000), 0.03),
        (ProviderUsed(1.0, "synthesizer", "voice-here", characters=2_000), 0.0),
    ],
)
def test_the_first_price_that_fits_counts(used: ProviderUsed, money: float) -> None:
    cost = PRICES.cost([used])
    assert (cost.money, cost.unpriced) == (pytest.approx(money), ())


def test_what_has_no_price_is_named_once_and_does_not_count() -> None:
    unknown = ProviderUsed(1.0, "synthesizer", "azure-tts", "nova", characters=10)
    without_output = Prices((Price("brain", DAY, input=1.0),))
    cost = PRICES.cost([unknown, unknown, chat("large", input_tokens=1_000_000)])
    assert (cost.money, cost.unpriced, cost.oldest) == (2.0, ("azure-tts nova",), date(2026, 3, 1))
    assert without_output.cost([chat("x", output_tokens=1)]).unpriced == ("brain x",)


def test_prices_in_another_currency_are_not_used() -> None:
    prices = Prices((Price("brain", DAY, currency="USD", input=1.0), Price("ears", DAY, free=True)), "EUR")
    cost = prices.cost([chat("x", input_tokens=5), ProviderUsed(1.0, "recognizer", "ears", seconds=5)])
    assert (cost.money, cost.currency, cost.unpriced) == (0.0, "EUR", ("brain x",))


def test_old_prices_are_said_to_be_old() -> None:
    cost = Cost(0.0042, "USD", oldest=date(2026, 3, 1))
    assert cost_line(cost, date(2026, 8, 1)) == "about $0.0042 (prices of 2026-03-01)"
    assert cost_line(cost, date(2026, 11, 1)) == (
        "about $0.0042 (prices of 2026-03-01, which are over six months old)"
    )
    unknown = Cost(1.5, "CHF", ("x y",), date(2026, 8, 1))
    assert cost_line(unknown, date(2026, 8, 1)) == (
        "at least 1.50 CHF (prices of 2026-08-01), no price is known for x y"
    )
    assert cost_line(Cost(0.0, "USD", ("x\x1b[31m",))) == "no price is known for x[31m"


def test_what_is_free_is_left_out_of_the_line() -> None:
    free = ProviderUsed(1.0, "recognizer", "ears-here", seconds=4.0)
    assert use_line([free], PRICES) == ""
    assert use_line([free, chat("small", input_tokens=1000)], PRICES, brief=True) == (
        "1,000 input and 0 output tokens, about $0.0010"
    )


def test_money_is_written_with_its_sign_or_code() -> None:
    assert [money_text(0.00421, "USD"), money_text(1234.5, "EUR"), money_text(0.5, "SEK")] == [
        "$0.0042", "€1,234.50", "0.5000 SEK",
    ]  # fmt: skip


def test_the_prices_that_come_along_have_days_and_their_vendors_pages() -> None:
    prices = load_prices()
    paid = [each for each in prices.entries if not each.free]
    assert paid
    assert all(each.source.startswith("https://developers.openai.com/") for each in paid)
    assert all(each.day <= date(2026, 11, 30) for each in prices.entries)
    assert prices.is_free(ProviderUsed(1.0, "recognizer", "whisper", "tiny.en", seconds=1.0))
