"""Numbers in words, by the rules of Unicode CLDR, which `unicode_rbnf` has for some 80 languages.

The rules are read when a language is first used, which takes a few milliseconds.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unicode_rbnf import RbnfEngine

LONGEST_NUMBER = 15
"""Digits of the largest number that is read as one; the digits of others are read one by one."""
NUMBERING = "numbering"
"""The rule set for a number that counts nothing in particular."""
_RULES_OF_OTHERS = {"nb": "no", "tl": "fil"}
_APART = frozenset("da de fi hu is it nb nl no sv".split())
"""Languages that write a number as one long word. Voices pronounce several better: "drei und zwanzig"."""
_ELIDED = re.compile("(?<=nt)\u00ad(?=uno|una|un|otto)")
"""Where an Italian word has lost its vowel, so that it cannot stand alone: "vent-uno"."""
_SOFT_HYPHEN = "\u00ad"
_REGIONAL = frozenset({"en-IN", "fr-BE", "fr-CH", "pt-PT"})
"""Regions that count otherwise: "septante", "ten lakh". (Swiss German only spells otherwise.)"""


@cache
def is_installed() -> bool:
    """Return whether the package with the rules is installed."""
    return find_spec("unicode_rbnf") is not None


def rules_for(tag: str, region: str) -> str:
    """Return the tag of the rules for a language in a region."""
    return f"{tag}_{region}" if f"{tag}-{region}" in _REGIONAL else tag


def spells(tag: str) -> bool:
    """Return whether there are rules for a language."""
    return _rules(tag) is not None


@lru_cache(maxsize=2048)
def spelled(tag: str, number: int, rule_set: str) -> str:
    """Return a number in words.

    Args:
        tag: the tag of rules that there are.
        number: at least 0, of at most `LONGEST_NUMBER` digits.
        rule_set: the name of a rule set, without `spellout-`. If the language does not have it, the number is
            spelled as one that counts nothing in particular; in digits, if there is no rule for it at all.
    """
    from unicode_rbnf.engine import FormatOptions, RbnfError

    rules = _rules(tag)
    assert rules is not None
    name = f"spellout-{rule_set}"
    if name not in rules.rulesets:
        name = "spellout-numbering"
    try:
        found = rules.format_number(number, None, [name], options=FormatOptions.PRESERVE_SOFT_HYPENS)
    except RbnfError:
        return str(number)
    if tag not in _APART:
        return found.text.replace(_SOFT_HYPHEN, "")
    return _ELIDED.sub("", found.text).replace(_SOFT_HYPHEN, " ").replace(" ën ", " en ")


@lru_cache(maxsize=256)
def rule_set_of(tag: str, article: str) -> str:
    """Return the rule set that spells one as a noun's article does: "una" is feminine."""
    for gender in ("masculine", "feminine", "neuter"):
        rule_set = f"cardinal-{gender}"
        if has_rule_set(tag, rule_set) and spelled(tag, 1, rule_set) == article:
            return rule_set
    return NUMBERING


def has_rule_set(tag: str, rule_set: str) -> bool:
    """Return whether a language has a rule set."""
    rules = _rules(tag)
    return rules is not None and f"spellout-{rule_set}" in rules.rulesets


@cache
def _rules(tag: str) -> RbnfEngine | None:
    from unicode_rbnf import RbnfEngine

    try:
        return RbnfEngine.for_language(_RULES_OF_OTHERS.get(tag, tag))
    except ValueError:
        return None
