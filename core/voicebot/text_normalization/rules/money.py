"""Amounts of money: "$3.50", "12,50 €", "£1m", "$1.2 billion", "5 EUR/month"."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon, Number
from voicebot.text_normalization.normalized_text import Change, Changes
from voicebot.text_normalization.rules.measures import per_unit
from voicebot.text_normalization.rules.sentence_ends import stop_after_unit_ends_sentence

_CURRENCY = r"(?:[A-Z]{1,2}\$|[$€£¥₹₽₩₺₴₪₫₦฿₱¢]|[^\W\d_]{1,4}\.?)"
_RANGE = r"(?:(\s?(?:-|–|—|to|bis|à|a)\s?)(<N>))?"
_MULTIPLIER = r"(?:(\s?|-(?=[^\W\d_]{4}))([^\W\d_]{1,10})(?!\w|['’]\w)(\.(?=\s?[^\W\d_$€£]))?)?"
_BEFORE = (
    rf"(?<!\w)([-−+](?=[$€£¥A-Z]))?({_CURRENCY})(\s?)([-−](?=\d))?(<N>|\.\d{{1,4}}(?!\d))"
    rf"{_RANGE}{_MULTIPLIER}(?!\w|[.,]\d)"
)
_START = r"(?<!\w)(?<!\d[.,])([-−+](?=\d))?(<N>)"
_AFTER = rf"{_START}\s?({_CURRENCY})(?!\w|['’]\w)"
_MULTIPLIED = rf"{_START}\s?([^\W\d_]{{1,10}})(?!\w)\.?\s?({_CURRENCY})(?!\w|['’]\w)"
_ATTACHED = r"(?<![\w.,])(<N>)([^\W\d_]{1,3})(?!\w|['’]\w)"
_ATTACHED_ONLY = frozenset("kKbBTx")
"""Letters that multiply an amount only if there is no blank before them."""
_ATTACHED_LETTERS = frozenset("kM")
"""Letters that multiply a number that is no amount of money: "100k users", but not "4K" and "5m"."""
_REPEATED = frozenset("sp")
"""Letters after an amount that say nothing more: "the $20s", "£1.50p"."""
_LONGEST_ABBREVIATION = 4
_CODE = 3
"""Letters of the code of a currency, which has no full stop."""
_CAPITAL_K = "K"
"""It multiplies a round number: "100K users", but not "4K"."""
_CENT_DIGITS = 2
_FORMS_WITH_CENTS = 4


def changes(text: str, lexicon: Lexicon) -> Iterator[Changes]:
    """Yield amounts of money in words."""
    if not lexicon.words.currencies:
        return
    for match in lexicon.pattern(_BEFORE).finditer(text):
        forms = _forms(match[2], lexicon)
        if forms is None or (
            match[2][0].isalpha()
            and text[max(0, match.start() - 2) : match.start()].rstrip()[-1:].isdecimal()
        ):
            continue  # "USD" in "5 USD. 7 more" belongs to the number before it
        numbers = [lexicon.parse(match[5])]
        if match[7]:
            numbers.append(lexicon.parse(match[7]))
        is_apart = bool(match[8]) and match[9] in _ATTACHED_ONLY
        multiplier = None if is_apart else _multiplier(match[9], lexicon)
        end = match.start(8) if match[9] and not multiplier else match.end()
        if match[9] in _REPEATED and not match[8]:
            end = match.end(9)
        if multiplier and match[10]:
            end -= _stop_ends_sentence(match[9], text, end, lexicon)
        sign = match[1] or match[4]
        said = _said(sign, numbers, multiplier, forms, lexicon)
        yield Change(match.start(), end, said), *per_unit(text, end, lexicon)
    for match in lexicon.pattern(_AFTER).finditer(text):
        forms = _forms(match[3], lexicon)
        if forms is not None:
            said = _said(match[1], [lexicon.parse(match[2])], None, forms, lexicon)
            end = match.end() - _stop_ends_sentence(match[3], text, match.end(), lexicon)
            yield Change(match.start(), end, said), *per_unit(text, match.end(), lexicon)
    for match in lexicon.pattern(_MULTIPLIED).finditer(text):
        multiplier, forms = _multiplier(match[3], lexicon), _forms(match[4], lexicon)
        if forms is not None and multiplier is not None:
            numbers = [lexicon.parse(match[2])]
            end = match.end() - _stop_ends_sentence(match[4], text, match.end(), lexicon)
            yield Change(match.start(), end, _said(match[1], numbers, multiplier, forms, lexicon))
    for match in lexicon.pattern(_ATTACHED).finditer(text):
        multiplier = _multiplier(match[2], lexicon)
        is_usual = len(match[2]) > 1 or match[2] in _ATTACHED_LETTERS
        is_usual = is_usual or (
            match[2] == _CAPITAL_K
            and match[1].endswith("0")
            and text[match.start() - 1 : match.start()] != "-"
        )
        if multiplier and is_usual and match[2] not in lexicon.words.units:
            yield Change(*match.span(), lexicon.count(lexicon.parse(match[1]), multiplier))


def _forms(currency: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    return lexicon.words.currencies.get(currency.rstrip("."))


def _stop_ends_sentence(unit: str, text: str, end: int, lexicon: Lexicon) -> bool:
    """Tell "5 EUR. Then", "$4 million. Then" and "$4 bn. Then" from "5 Mio. Euro" and "5 Fr. each"."""
    if text[end - 1 : end] != ".":
        return False
    name = unit.rstrip(".")
    is_whole = len(name) > _LONGEST_ABBREVIATION or (len(name) == _CODE and name.isupper())
    return is_whole or stop_after_unit_ends_sentence(text, end, lexicon)


def _multiplier(written: str | None, lexicon: Lexicon) -> tuple[str, ...] | None:
    return lexicon.words.multipliers.get(written) if written else None


def _said(
    sign: str | None,
    numbers: list[Number],
    multiplier: tuple[str, ...] | None,
    forms: tuple[str, ...],
    lexicon: Lexicon,
) -> str:
    last = numbers[-1]
    said = _multiplied(last, multiplier, forms, lexicon) if multiplier else _amount(last, forms, lexicon)
    if len(numbers) > 1:
        first = numbers[0]
        said = lexicon.format("range", first=lexicon.spell_number(first), last=said)
    return f"{lexicon.sign(sign)} {said}".strip() if sign else said


def _amount(number: Number, forms: tuple[str, ...], lexicon: Lexicon) -> str:
    """Return an amount: "three dollars and fifty cents"."""
    has_cents = len(number.decimals) == _CENT_DIGITS and len(forms) >= _FORMS_WITH_CENTS
    if not has_cents:
        return lexicon.count(number, forms[:2])
    units, cents = Number(number.whole), Number(number.decimals.lstrip("0"))
    if not cents.whole:
        return lexicon.count(units, forms[:2])
    counted_cents = lexicon.count(cents, forms[2:4])
    if not units.whole.strip("0"):
        return counted_cents
    return lexicon.format(
        "money",
        units=lexicon.count(units, forms[:2]),
        cents=counted_cents,
        cent_number=lexicon.spell(cents.whole),
    )


def _multiplied(number: Number, multiplier: tuple[str, ...], forms: tuple[str, ...], lexicon: Lexicon) -> str:
    """Return an amount of thousands, millions or more: "one point two billion dollars"."""
    currency = forms[1] if len(forms) > 1 else forms[0]
    linked = lexicon.link(currency) if len(multiplier) > 1 else ""
    return f"{lexicon.count(number, multiplier)} {linked}{currency}"
