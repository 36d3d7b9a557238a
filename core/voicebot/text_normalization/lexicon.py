"""The words of one language that the rules of normalisation need: numbers, counted nouns, formats."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from voicebot.languages.known import derived_from_each, language_for
from voicebot.text_normalization.spelling import (
    LONGEST_NUMBER,
    NUMBERING,
    has_rule_set,
    rule_set_of,
    rules_for,
    spelled,
    spells,
)

_MARKS = {"comma": ",", "point": r"\.", "blank": "[ \u00a0\u202f]", "quote": "['’]"}
_WITH_POINTS = r"\d{1,3}(?:\.\d{3}){1,4},\d\d(?!\d)|"
_ELSEWHERE = {
    ",": _WITH_POINTS,
    _MARKS["blank"]: _WITH_POINTS,
    r"\.": r"\d{1,3}(?:,\d{3}){1,4}\.\d\d(?!\d)|",
}
"""Numbers with the marks of other languages, by the mark between groups: "1.234,50" in English."""
_GROUP = 3
_IN_DIGITS = frozenset("ar bo fa he ja km ko lo my ps th ur yi yue zh".split())
"""Languages in which digits stay digits: some put no blanks around words, so a number never stands alone; in
Korean, its words depend on what is counted; others write no vowels, so that voices know digits better."""
_MILLION = 6


class Number(NamedTuple):
    """A number as it is written: the digits before and after the decimal mark."""

    whole: str
    decimals: str = ""


class Lexicon:
    """The words of one language, and how numbers are read in it.

    Args:
        tag: the language's tag, with its region if it is known.
    """

    def __init__(self, tag: str) -> None:
        language = language_for(tag)
        self.tag = language.tag or tag.replace("_", "-").partition("-")[0].lower()
        region = tag.replace("_", "-").partition("-")[2] or language.usual_tag.partition("-")[2]
        self.region = region.upper()
        self.words = language.spoken
        self.starters = language.sentences.starters
        self.determiners = language.grammar.determiners
        self.sentence_final = language.abbreviations.sentence_final - self.words.after_names.keys()
        self._rules = rules_for(self.tag, self.region)
        self.spells = spells(self._rules)
        """Whether there are rules for its numbers."""
        self.known = self.spells and bool(self.words.formats)
        """Whether there are words for more than plain numbers."""
        self.keeps_digits = self.tag in _IN_DIGITS
        """Whether voices read its digits better than the words for them."""
        self._patterns: dict[str, re.Pattern[str]] = {}

    @cached_property
    def number(self) -> str:
        """A regular expression of a number, with groups of three digits and decimals."""
        group = _MARKS.get(self.format("group_mark"), "(?!)")
        decimal = _MARKS.get(self.format("decimal_mark"), r"\.")
        decimals = rf"{decimal}\d{{1,12}}(?!\d)"
        if group == r"\.":  # "3.5" is not a group of three
            decimals += r"|\.(?!\d{3}(?!\d))\d{1,12}(?![\d.])"
        elif decimal == ",":
            decimals += r"|\.\d{1,12}(?![\d.])"
        return (
            rf"(?:{_ELSEWHERE.get(group, '')}"
            rf"(?:\d{{1,3}}(?:{group}\d{{3}}){{1,5}}(?!\d)|\d{{1,3}}(?:[ \u00a0\u202f]000){{1,4}}(?!\d)"
            rf"|\d{{1,{LONGEST_NUMBER}}}(?!\d))(?:{decimals})?)"
        )

    def pattern(self, expression: str) -> re.Pattern[str]:
        """Compile a regular expression, in which `<N>` stands for a number; it is kept."""
        compiled = self._patterns.get(expression)
        if compiled is None:
            compiled = re.compile(expression.replace("<N>", self.number))
            self._patterns[expression] = compiled
        return compiled

    def parse(self, written: str) -> Number:
        """Return a number that `number` matches, or one without digits before the decimal mark."""
        mark = max(written.rfind("."), written.rfind(","))
        decimal_mark = "," if self.format("decimal_mark") == "comma" else "."
        decimals = written[mark + 1 :]
        if mark >= 0 and (written[mark] == decimal_mark or len(decimals) != _GROUP):
            return Number(_digits(written[:mark]), decimals)
        return Number(_digits(written))

    def format(self, name: str, **parts: str) -> str:
        """Return words in the order of the language or its region; empty if it has no such format."""
        formats = self.words.formats
        text = (formats.get(f"{name}_{self.region.lower()}") or formats.get(name, ("",)))[0]
        for part, spoken in parts.items():
            text = text.replace(f"{{{part}}}", spoken)
        return text

    def spell(self, number: int | str, rule_set: str = NUMBERING) -> str:
        """Return a whole number in words; a long one, and one that begins with zero, digit by digit."""
        digits = str(number)
        if len(digits) > LONGEST_NUMBER or (len(digits) > 1 and digits.startswith("0")):
            return self.spell_digits(digits)
        return spelled(self._rules, int(digits), self._preferred(rule_set))

    def spell_digits(self, digits: str) -> str:
        """Return digits in words, one by one."""
        return " ".join(spelled(self._rules, int(digit), NUMBERING) for digit in digits)

    def spell_for(self, purpose: str, number: int | str) -> str:
        """Return a number as it is spelled for a purpose, such as a year."""
        rule_set = self.words.rule_sets.get(purpose, (NUMBERING,))[0]
        return self.spell(number, rule_set)

    def spell_number(self, number: Number, rule_set: str = NUMBERING) -> str:
        """Return a number in words, with its decimals."""
        if not number.decimals:
            return self.spell(number.whole, rule_set)
        decimals = number.decimals
        as_number = self.format("decimals") == "number" and len(decimals) <= 3 and decimals[0] != "0"
        spoken = self.spell(decimals) if as_number else self.spell_digits(decimals)
        whole = self.spell(number.whole) if number.whole else ""
        return self.format("decimal", whole=whole, decimals=spoken).strip()

    def count(self, number: Number, forms: tuple[str, ...]) -> str:
        """Return a number and the noun that it counts: "two metres"."""
        if len(forms) == 1:
            return f"{self.spell_number(number)} {forms[0]}"
        if not number.decimals and number.whole.lstrip("0") == "1":
            return forms[0]
        article, _, singular = forms[0].partition(" ")
        spoken = self.spell_number(number, rule_set_of(self._rules, article))
        below_two = bool(self.format("singular_below_two")) and number.whole in {"0", "1"}
        return f"{spoken} {self._link_after(number, forms[1])}{singular if below_two else forms[1]}"

    def spell_letters(self, letters: str) -> str:
        """Return letters that are read one by one; hyphens keep an "A" from being an English article."""
        return (self.format("letter_mark") or " ").join(letters.upper())

    def noun(self, forms: tuple[str, ...]) -> str:
        """Return the singular of a counted noun, without the number one."""
        return forms[0].partition(" ")[2] if len(forms) > 1 else forms[0]

    def month(self, number: int) -> str:
        """Return the name of a month; empty if there is none."""
        return self.words.months[number - 1] if 1 <= number <= len(self.words.months) else ""

    def sign(self, written: str) -> str:
        """Return how a sign is read; empty if it is not."""
        return self.words.signs.get(written, ("",))[0]

    def _link_after(self, number: Number, noun: str) -> str:
        round_number = number.whole.endswith("0" * _MILLION) and not number.decimals
        return self.link(noun) if round_number else ""

    def link(self, noun: str) -> str:
        """Return the word between a million and what it counts: "de ", "d'"."""
        elided = self.format("after_millions_before_vowel")
        if elided and noun[:1] in "aeiouéh":
            return elided
        link = self.format("after_millions")
        return f"{link} " if link else ""

    def _preferred(self, rule_set: str) -> str:
        """Return the rule set of the region: British English says "one hundred and one"."""
        verbose = f"{rule_set}-verbose"
        british = self.tag == "en" and self.region not in {"US", "CA", "PH"}
        return verbose if british and has_rule_set(self._rules, verbose) else rule_set


@derived_from_each
def lexicon_for(tag: str) -> Lexicon:
    """Return the words of a language, which are kept."""
    return Lexicon(tag)


def _digits(written: str) -> str:
    return "".join(character for character in written if character.isdecimal())
